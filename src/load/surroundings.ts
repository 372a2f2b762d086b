/** What loads and plans need of their surroundings, and what they tell them. */
import type { Environment } from "../model/environment.ts";
import type { Session } from "../targets/target.ts";
import type { Log } from "../model/log.ts";
import type { Reject } from "../model/reject.ts";

/** How far a load has come; sent at most a few times a second. */
export interface Progress {
  readonly records: number;
  readonly rejected: number;
  /** Stored bytes read, over all sources. */
  readonly bytes: number;
  /** Stored bytes of all sources; `null` when one is a stream. */
  readonly totalBytes: number | null;
  readonly seconds: number;
}

/** What planning needs. */
export interface PlanSurroundings {
  readonly stdin: NodeJS.ReadableStream;
  readonly environment: Environment;
  /** Told of the session as soon as it is open, and what it is a connection to. */
  readonly onSession?: (session: Session, to: string) => void;
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
}
