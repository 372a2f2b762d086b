/**
 * The records that an earlier run with several writers has partly written: between the writer that came least far and the
 * one that came furthest, those of a writer that were committed are passed over. The rest is written serially, until all
 * partitions have come equally far; then rows may be shared out again, among any number of writers.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Row } from "../model/batch.ts";
import type { CheckpointValues } from "../model/checkpoint.ts";
import type { PackedRows } from "../model/packed.ts";
import type { ReadBatch } from "./batches.ts";
import { packedRow } from "./packed-row.ts";
import { partitionOf } from "../model/partition.ts";

/** Tells the hashes of rows' keys as the earlier run did; `null` where any row could go to any writer. */
export type KeyHashes = (rows: PackedRows) => Uint32Array | null;

/** Passes over what `partitions` say is written. */
export async function* skipCommitted(
  batches: AsyncIterable<ReadBatch>,
  partitions: readonly CheckpointValues[],
  hashes: KeyHashes | null,
): AsyncGenerator<ReadBatch> {
  const furthest = Math.max(...partitions.map(({ offset }) => offset.record));
  let behind = partitions.some(({ offset }) => offset.record < furthest);
  for await (const readBatch of batches) {
    const { batch, rejects, blanks = [], end } = readBatch;
    if (!behind || end === null || end.source.number !== partitions[0]?.source) {
      yield readBatch;
      continue;
    }
    const left = batch.rows.filter(
      (row) => row.record.position.record > furthest || !isWritten(row, partitions, hashes),
    );
    yield {
      batch: { number: batch.number, size: left.length, rows: left, packed: null },
      rejects: rejects.filter(({ position }) => position.record > furthest),
      blanks: blanks.filter((record) => record > furthest),
      end,
      serial: true,
    };
    behind = end.committedOffset().offset.record < furthest;
  }
}

function isWritten(
  row: Row,
  partitions: readonly CheckpointValues[],
  hashes: KeyHashes | null,
): boolean {
  const { record } = row.record.position;
  const hash = hashes === null ? record : hashes(packedRow(row))?.[0];
  if (hash === undefined) {
    const message = `record ${record} cannot be told to have been written or not`;
    throw upsurgeError("INTERNAL", { message });
  }
  const partition = partitions.find(
    (each) => each.partition === partitionOf(hash, partitions.length),
  );
  return partition !== undefined && record <= partition.offset.record;
}
