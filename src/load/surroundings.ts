/** What loads and plans need of their surroundings, and what they tell them. */
import type { Environment } from "../model/environment.ts";
import type { OptionName, Options } from "../options/options.ts";
import type { Session } from "../targets/target.ts";
import type { Log } from "../model/log.ts";
import type { Reject } from "../model/reject.ts";
import type { Away, Progress } from "../model/report/progress.ts";

/** What planning needs. */
export interface PlanSurroundings {
  readonly stdin: NodeJS.ReadableStream;
  readonly environment: Environment;
  /** What `stdin` brings is whole once it has ended: rows of the caller's, not the bytes of another process. */
  readonly endsWhole?: boolean | undefined;
  /** A plan: nothing is written, whatever the options say. */
  readonly writesNothing?: boolean | undefined;
  /** Options that are said for all calls or loads: those about other formats have no bearing on this one. */
  readonly forAll?: ReadonlySet<OptionName> | undefined;
  /** Aborting ends the reading of records for their types. */
  readonly signal?: AbortSignal | undefined;
  /** Told of the session as soon as it is open, and what it is a connection to. */
  readonly onSession?: (session: Session, to: string) => void;
  /** Told of the options once the server has settled what they leave open. */
  readonly onSettled?: (options: Options) => void;
  /** Told before every wait for a server that is not there yet (`--wait`); `null`: it is over. */
  readonly onAway?: ((away: Away | null) => void) | undefined;
}

/** What a try of a load needs: the run has its id. */
export interface RunSurroundings extends Surroundings {
  readonly runId: string;
}

/** What a load needs. */
export interface Surroundings extends PlanSurroundings {
  readonly log: Log;
  /** Goes into the report; absent: it gets one of its own. */
  readonly runId?: string;
  /** Aborting rolls the load back; the report then says `interrupted`. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Told of every record that is rejected. */
  readonly onReject?: (reject: Reject) => void;
  /** False: rejects go to no file unless `--reject-file` names one. By default they do, next to their source. */
  readonly defaultRejectFile?: boolean;
  /** The time of day; absent: the system's. */
  readonly now?: (() => Date) | undefined;
}
