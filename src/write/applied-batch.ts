/** What became of a batch whose rows were filled in before they were written. Pure. */
import type { Batch, BatchResult } from "../model/batch.ts";
import { addCounts, noCounts } from "../model/counts.ts";
import { rowsBatch } from "./row-batches.ts";

/** What became of a batch, and its rows as they were written. */
export interface AppliedBatch {
  readonly result: BatchResult;
  readonly batch: Batch;
}

/** What became of a batch that was written in parts. */
export function joinApplied(batch: Batch, parts: readonly AppliedBatch[]): AppliedBatch {
  return {
    batch: rowsBatch(
      batch,
      parts.flatMap((each) => each.batch.rows),
    ),
    result: joinResults(parts.map(({ result }) => result)),
  };
}

/** What became of rows that were written in parts. */
export function joinResults(parts: readonly BatchResult[]): BatchResult {
  const counts = noCounts();
  for (const part of parts) addCounts(counts, part.counts);
  const made = joined(parts.map((part) => part.made));
  return {
    counts,
    faults: parts.flatMap(({ faults }) => faults),
    misfits: parts.flatMap(({ misfits = [] }) => misfits),
    created: parts.reduce((sum, { created = 0 }) => sum + created, 0),
    ...joinOutcomes(parts),
    ...(made === null ? {} : { made }),
  };
}

/** The outcomes of rows that were written in parts; none where one of the parts does not tell them. */
export function joinOutcomes(results: readonly BatchResult[]): Pick<BatchResult, "outcomes"> {
  const told = results.flatMap(({ outcomes }) => (outcomes === undefined ? [] : [outcomes]));
  if (told.length < results.length) return {};
  return { outcomes: new Map(told.flatMap((outcomes) => [...outcomes])) };
}

/** What is told of each row, of all parts; `null` where nothing is. */
function joined<T>(told: readonly (ReadonlyMap<number, T> | undefined)[]): Map<number, T> | null {
  const all = told.filter((each) => each !== undefined);
  return all.length === 0 ? null : new Map(all.flatMap((each) => [...each]));
}

/** What rows come to that are only looked up, and are there. */
export function lookedUp(batch: Batch): AppliedBatch {
  return { batch, result: { counts: { ignored: batch.size }, faults: [] } };
}
