/** What is to be run, and what one try of a run hands to the next. */
import type { Lessons } from "../load/lessons.ts";
import type { LoadState, RunningLoad } from "../load/load-state.ts";
import type { LoadOutcome } from "../load/reporting/make-report.ts";
import type { ProgressTeller } from "../load/progress.ts";
import type { RunSurroundings } from "../load/surroundings.ts";
import type { Options } from "../options/options.ts";
import type { OneSession } from "../write/one-session.ts";
import type { TableLoad } from "./find-tables.ts";
import type { RunInputs } from "./run-load.ts";

/** What is to be run. */
export interface RunRequest {
  readonly inputs: RunInputs;
  readonly options: Options;
  readonly surroundings: RunSurroundings;
  readonly progress: ProgressTeller;
  /** The time of day. */
  readonly began: Date;
}

/** What a try knows from those before it. */
export interface RunLessons {
  /** There was a try before this one. */
  readonly again: boolean;
  /** Of each load, by its `idOf`. */
  readonly of: ReadonlyMap<string, Lessons>;
  /** What became of the loads that are committed, by the same. */
  readonly done: ReadonlyMap<string, LoadOutcome>;
}

/** A load that has joined the transaction of the run. */
export type JoinedLoad = RunningLoad & { readonly writers: OneSession };

/** One load of a run, and how far a try of it has come. */
export interface Part {
  readonly load: TableLoad;
  readonly options: Options;
  readonly state: LoadState;
}

/** What tells a load of the run from all others: a folder may be given twice. */
export function idOf({ layer, path }: TableLoad): string {
  return `${layer} ${path}`;
}
