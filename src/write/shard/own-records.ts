/**
 * The records that one of several processes accounts for: the rows whose key hashes to it, and of everything that is no row
 * every Nth record. All processes together account for each record once.
 */
import type { Shard } from "../../model/shards/shard.ts";
import type { BatchLimits, ReadBatch } from "../batches.ts";
import { partitionOf } from "../../model/partition.ts";
import { sizeOf } from "../writers.ts";
import { joinBatches } from "./join-batches.ts";
import { pickRows } from "../row-batches.ts";
import { RowHashes } from "./row-hashes.ts";
import type { RowHashesContext } from "./row-hashes.ts";

/** A shard at work. */
export interface OwnRecordsRequest extends RowHashesContext {
  readonly shard: Shard;
  /** Told how many records of a source are the shard's own. */
  readonly onOwn: (source: string, records: number) => void;
}

/** What is left of the batches for a shard, in batches of their size. */
export function ownRecords(
  batches: AsyncIterable<ReadBatch>,
  request: OwnRecordsRequest,
): AsyncGenerator<ReadBatch> {
  const limits: BatchLimits = request.plan;
  return joinBatches(pick(batches, request), limits);
}

async function* pick(
  batches: AsyncIterable<ReadBatch>,
  request: OwnRecordsRequest,
): AsyncGenerator<ReadBatch> {
  const hashes = new RowHashes(request);
  try {
    for await (const readBatch of batches) {
      const own = await ownOf(readBatch, request, hashes);
      const { end, blanks = [] } = own;
      if (end !== null) request.onOwn(end.source.name, sizeOf(own) - blanks.length);
      yield own;
    }
  } finally {
    await hashes.close();
  }
}

async function ownOf(
  readBatch: ReadBatch,
  { shard }: OwnRecordsRequest,
  hashes: RowHashes,
): Promise<ReadBatch> {
  const { batch, rejects, blanks, end } = readBatch;
  const isOwn = (record: number): boolean => record % shard.count === shard.index;
  const all = batch.size === 0 ? new Uint32Array() : await hashes.of(batch, end);
  const picked = Uint8Array.from(all, (hash) =>
    partitionOf(hash, shard.count) === shard.index ? 1 : 0,
  );
  return {
    batch: pickRows(batch, picked),
    rejects: rejects.filter(({ position }) => isOwn(position.record)),
    ...(blanks === undefined ? {} : { blanks: blanks.filter(isOwn) }),
    end,
  };
}
