/** What loads and plans need of their surroundings, and what they tell them. */
import type { Environment } from "../model/environment.ts";
import type { Log } from "../model/log.ts";
import type { Away, Progress } from "../model/progress.ts";

/** What planning needs. */
export interface PlanSurroundings {
  readonly stdin: NodeJS.ReadableStream;
  readonly environment: Environment;
  /** Told before every wait for a server that is not there yet (`--wait`); `null`: it is over. */
  readonly onAway?: ((away: Away | null) => void) | undefined;
}

/** What a load needs. */
export interface Surroundings extends PlanSurroundings {
  readonly log: Log;
  /** Aborting rolls the load back; the report then says `interrupted`. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** The time of day; absent: the system's. */
  readonly now?: (() => Date) | undefined;
}
