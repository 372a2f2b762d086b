/** Gathers mapped records into batches, by count and by size, and reads one batch ahead of the writer. */
import type { Batch, Row } from "../model/batch.ts";
import type { RecordChunk } from "../model/record.ts";
import type { Reject } from "../model/reject.ts";
import type { RecordMapper } from "./map-records.ts";

/** A batch closes when its records reach this many bytes, so that memory stays flat whatever their size. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** A batch and the records that fell out before it reached the writer, in the order of the source. */
export interface Gathered {
  readonly batch: Batch;
  readonly rejects: readonly Reject[];
}

/** Gathers chunks into batches of at most `batchRows` rows. */
export async function* gather(
  chunks: AsyncIterable<RecordChunk>,
  mapper: RecordMapper,
  batchRows: number,
): AsyncGenerator<Gathered> {
  let number = 1;
  let rows: Row[] = [];
  let rejects: Reject[] = [];
  let bytes = 0;
  const close = (): Gathered => {
    const gathered = { batch: { number, rows }, rejects };
    number += 1;
    rows = [];
    rejects = [];
    bytes = 0;
    return gathered;
  };
  for await (const chunk of chunks) {
    let next = 0;
    const before = (record: number): void => {
      for (; (chunk.rejects[next]?.position.record ?? Infinity) < record; next += 1) {
        const reject = chunk.rejects[next];
        if (reject !== undefined) rejects.push(reject);
      }
    };
    for (const record of chunk.records) {
      before(record.position.record);
      const mapped = mapper.map(record);
      if (mapped.kind === "reject") rejects.push(mapped.reject);
      else rows.push(mapped.row);
      bytes += record.raw.length;
      if (rows.length >= batchRows || bytes >= BATCH_BYTES) yield close();
    }
    before(Infinity);
    if (rejects.length >= batchRows) yield close();
  }
  if (rows.length > 0 || rejects.length > 0) yield close();
}

/** Yields the same values, asking for the next one while the consumer works on this one. */
export async function* readAhead<T>(values: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    let next = values.next();
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = values.next();
      // A failure is raised by the await above, once the value before it has been used.
      next.catch(() => {});
      yield value;
    }
  } finally {
    // Not awaited: a source that waits for input would hold up the end of a failed load.
    values.return(undefined).catch(() => {});
  }
}
