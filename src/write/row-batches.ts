/** Batches made of some of the rows of another. */
import type { Batch, Row, RowFault } from "../model/batch.ts";

/** The batch with these of its rows. */
export function rowsBatch({ number }: Pick<Batch, "number">, rows: readonly Row[]): Batch {
  return { number, size: rows.length, rows, packed: null };
}

/** The batch without the rows at fault; the same where there are none. */
export function without(batch: Batch, faults: readonly RowFault[]): Batch {
  if (faults.length === 0) return batch;
  const out = new Set(faults.map(({ row }) => row.ord));
  return rowsBatch(
    batch,
    batch.rows.filter((row) => !out.has(row.ord)),
  );
}
