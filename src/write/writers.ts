/**
 * Where batches go: one session with one transaction, one that commits in parts, or several sessions at once. A load
 * hands its batches over in the order of the source, and need not know which of these it is.
 */
import type { BatchResult, BatchOutcome, Row } from "../model/batch.ts";
import type { RejectOffsets } from "../model/checkpoint.ts";
import { addCounts, addLevels, noCounts } from "../model/counts.ts";
import type { LoadCounts } from "../model/counts.ts";
import type { LateRows } from "../model/late-rows.ts";
import type { Step } from "../model/load-plan.ts";
import type { Reject } from "../model/reject.ts";
import type { DifferencesByTable } from "../model/differences.ts";
import type { RemovedRows } from "../model/removal.ts";
import { droppedBy } from "./nest/nest-tally.ts";
import type { CountedLevel } from "./nest/nest-tally.ts";
import type { ReadBatch } from "./batches.ts";

/** Told of what was written; throws when the load must stop. */
export interface Account {
  /** Records were written, in the order of the source; a commit may still follow or not. */
  take(written: BatchOutcome): void;
  /** The last record was written: is all of it in order? */
  check(): void;
  /** A commit is about to begin: what depends on it must be durable. Where the reject files stand; `null`: there are none. */
  beforeCommit(): RejectOffsets | null;
  /** These records are committed. */
  keep(counts: LoadCounts): void;
}

/** How a load ends that goes well; a rehearsal is undone, and a joined load is committed or undone with others. */
export type LoadEnding = "commit" | "rehearsal" | "joined";

/** Writes the batches of a load. */
export interface Writers {
  /** Aborted, with the error as its reason, when something failed that no call was there to throw. */
  readonly failed: AbortSignal;
  /** A commit was begun: from then on, starting again would apply records twice. */
  readonly hasCommitted: boolean;
  /** The steps that it has run, committed or not. */
  readonly ranSteps: readonly Step[];
  /** What became of the rows that no record has; `null`: they stay, or it has not come to that. */
  readonly removed: RemovedRows | null;
  /** What differs in the tables, of a rehearsal that compares them. */
  readonly differences: DifferencesByTable;
  /** What was set after the last record; `null`: nothing is, or it has not come to that. */
  readonly late: LateRows | null;
  /** Begins the first transaction. */
  open(): Promise<void>;
  /** Told of a batch as soon as it has been read, before it is its turn. */
  prepare(readBatch: ReadBatch): void;
  /** Takes the next batch; returns when there is room for another. Throws what stopped this batch or one before. */
  write(readBatch: ReadBatch): Promise<void>;
  /** Writes what is left and commits it or, in a rehearsal, undoes it. */
  finish(): Promise<void>;
  /** Between two batches, for a load that goes on later: commits what is written. */
  settle(): Promise<void>;
  /** Undoes what is not committed. Never throws. */
  rollback(): Promise<void>;
  /** Closes the sessions, but for those in the middle of a commit; for an interrupt. */
  stop(): Promise<void>;
}

/** The records of a batch, those that fell out before it included, and those without any value. */
export function sizeOf({ batch, rejects, blanks = [] }: ReadBatch): number {
  return batch.size + rejects.length + blanks.length;
}

/** The account of a batch, from what became of its rows and the records that fell out before. */
export function writtenOf(
  readBatch: ReadBatch,
  { counts, faults, misfits = [], created = 0, levels: written = [] }: BatchResult,
  levels: readonly CountedLevel[] = [],
): BatchOutcome {
  const rejects = [
    ...readBatch.rejects,
    ...faults.map(({ row, nested, ...fault }): Reject => ({
      ...fault,
      ...valueOf(nested ?? row, fault.column),
      ...(nested?.record.place === undefined ? {} : { place: nested.record.place }),
      stage: "write",
      position: row.record.position,
      raw: row.record.raw,
    })),
  ];
  const total = noCounts();
  addCounts(total, counts);
  const blank = readBatch.blanks?.length ?? 0;
  addCounts(total, { read: sizeOf(readBatch) - blank, rejected: rejects.length, blank, created });
  if (levels.length === 0) return { counts: total, rejects, misfits };
  const nested = droppedBy(readBatch.rejects, levels);
  addLevels(nested, written);
  return { counts: total, rejects, misfits, levels: nested };
}

/** The value that a column at fault was to take. */
function valueOf(
  { shape, values, pending = [] }: Row,
  column: string | null,
): Pick<Reject, "value"> {
  const at = column === null ? -1 : shape.columns.indexOf(column);
  if (pending.some((each) => each.at === at)) return {};
  return at < 0 ? {} : { value: values[at] ?? null };
}
