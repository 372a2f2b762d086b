/**
 * What shards cost against files that are cut first, from measured rates: docs/explanation/scale.md has the figures and how
 * they were found. Pure.
 */
import { formatBytes, formatSeconds } from "../../errors/format.ts";
import type { Shard } from "../../model/shards/shard.ts";

/** CPU seconds of clients for each MB of CSV: to read, hash and encode it, and to cut it into pieces. */
const READ = 0.015;
const SPLIT = 0.026;
/** CPU seconds in which a process starts and plans. */
const START = 0.55;

/** A sentence for the plan of a shard; none of sources that are soon read. */
export function compareWithSplit(bytes: number | null, { count }: Shard): readonly string[] {
  const read = ((bytes ?? 0) / 1e6) * READ;
  if (bytes === null || count < 2 || read < START) return [];
  const cut = ((bytes ?? 0) / 1e6) * SPLIT;
  const shards = count * (read + START);
  const pieces = cut + read + count * START;
  const size = formatBytes(bytes);
  const costs = `${count} shards read ${size} each, about ${formatSeconds(shards)} of CPU in all; cut by \`upsurge split\` first, about ${formatSeconds(pieces)}, of which ${formatSeconds(cut)} pass before the first piece is loaded`;
  const cores = coresForSplit({ count, read, cut });
  if (cores === 0) return [`${costs}: shards are done sooner, unless sources are slow to read`];
  const few =
    cores >= count
      ? "are done sooner"
      : `are done sooner on ${cores} ${cores === 1 ? "core" : "cores"} or fewer`;
  return [`${costs}: pieces ${few}, or where sources are slow to read`];
}

/** On so many cores of clients, and on fewer, pieces are read sooner, the cut included; 0: on none. */
function coresForSplit({
  count,
  read,
  cut,
}: {
  readonly count: number;
  readonly read: number;
  readonly cut: number;
}): number {
  for (let cores = count; cores > 0; cores -= 1) {
    const ofShards = (count * (read + START)) / cores;
    const ofPieces = cut + (read + count * START) / cores;
    if (ofPieces < ofShards) return cores;
  }
  return 0;
}
