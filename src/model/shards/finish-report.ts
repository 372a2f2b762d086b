/** What `upsurge finish` tells of a job whose shards are done. */
import type { Counts, LevelCounts, LevelName } from "../counts.ts";

/** A level of nested records, with what became of its rows. */
export interface FinishedLevel extends LevelName {
  readonly counts: LevelCounts;
}

/** How evenly the records were shared out. */
export interface ShardSkew {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
}

/** The one report of a job of shards. */
export interface FinishReport {
  readonly status: "ok" | "rejects";
  readonly exit: 0 | 3;
  readonly target: string;
  readonly job: string;
  /** An earlier run has finished it; nothing was done. */
  readonly already: boolean;
  readonly counts: Counts;
  /** The levels in the records; absent: they hold no others. */
  readonly levels?: readonly FinishedLevel[];
  /** Their paths, in their order. */
  readonly sources: readonly string[];
  /** `null` where they are not known any more. */
  readonly shards: { readonly count: number; readonly records: ShardSkew } | null;
  /** The rejects of all shards in the order of the sources; `null`: there are none, or they are still in files of their own. */
  readonly rejectFile: string | null;
  readonly rejectReport: string | null;
  /** What was run after the records. */
  readonly steps: readonly { readonly step: string; readonly sql: string }[];
  readonly warnings: readonly string[];
}
