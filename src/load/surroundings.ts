/** What loads and plans need of their surroundings, and what they tell them. */
import type { Environment } from "../model/environment.ts";
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
}

/** What a load needs. */
export interface Surroundings extends PlanSurroundings {
  readonly log: Log;
  /** Aborting rolls the load back; the report then says `interrupted`. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Told of every record that is rejected. */
  readonly onReject?: (reject: Reject) => void;
}
