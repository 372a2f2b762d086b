/**
 * The chunks of a JSON source: ordinary lines packed, by the fast path, and all others one run at a time by the
 * splitter.
 */
import type { RecordChunk } from "../../model/record.ts";
import type { Prefetch } from "../ahead/prefetch.ts";
import { findPacked, PackedChunk } from "../text/fast-path.ts";
import type { PackStop } from "../text/fast-path.ts";
import { CHUNK_RECORDS } from "../format-reader.ts";
import type { JsonBytes, JsonRun } from "./fast-path.ts";
import type { JsonRecords } from "./records.ts";
import type { LineSplitter } from "../text/line-splitter.ts";
import type { RecordStream, Span } from "../text/record-stream.ts";

/**
 * Where names change after fewer lines than this, a run goes on the slow path: lines of several kinds in turns would
 * make more chunks than they are worth.
 */
const WORTHWHILE_CHUNK = 256;

/** What makes the chunks of one source. */
export interface JsonParts {
  readonly stream: RecordStream<Span>;
  readonly records: JsonRecords;
  /** `null` where the source is no NDJSON or out of the ordinary, or the slow path was asked for. */
  readonly fast: FastLines | null;
}

/** What the fast path needs. */
export interface FastLines {
  readonly splitter: LineSplitter;
  readonly bytes: JsonBytes;
  readonly ahead: Prefetch<JsonRun>;
  /** A splitter for bytes that begin at `line`. */
  readonly splitterAt: (line: number) => LineSplitter;
}

/** At most `limit` records. */
export async function* jsonChunks(
  { stream, records, fast }: JsonParts,
  limit: number | null,
): AsyncGenerator<RecordChunk> {
  const left = (): number => (limit ?? Infinity) - records.counted;
  let worthwhile = true;
  if (limit === null) fast?.ahead.begin();
  while (left() > 0) {
    const packed: FoundLines | null =
      fast === null || !worthwhile ? null : await nextPacked({ stream, records, fast }, left());
    if (packed !== null) {
      worthwhile = packed.stop !== "irregular" || packed.chunk.packed.records >= WORTHWHILE_CHUNK;
      yield packed.chunk;
      continue;
    }
    worthwhile = true;
    const run = await stream.next(Math.min(CHUNK_RECORDS, left()));
    if (run === null) return;
    yield records.chunk(run);
  }
}

/** Ordinary lines, and what follows them. */
interface FoundLines {
  readonly chunk: PackedChunk;
  readonly stop: PackStop;
}

/** The ordinary lines that come next; `null` when the next one is not, or there is none. */
async function nextPacked(
  { stream, records, fast }: JsonParts & { readonly fast: FastLines },
  max: number,
): Promise<FoundLines | null> {
  const { splitter, bytes: packer, ahead, splitterAt } = fast;
  const known = await ahead.take(stream.block, splitter.between, max);
  const next = known ?? (await findPacked(stream, splitter, packer, max));
  if (next === null) return null;
  const { found, from } = next;
  const stop = known?.stop ?? packer.stop;
  const { records: count, end, lines, nested } = found;
  // A thread has shapes of its own.
  const shape = nested === undefined ? records.shapeOf(found.shape) : found.shape;
  const { bytes } = stream.block;
  const base = stream.base + from;
  const line = splitter.nextLine;
  const first = records.number(count);
  splitter.skip(end, lines);
  const own = bytes.subarray(from, end);
  const spans = (most: number): Span[] => splitterAt(line).take({ bytes: own, last: true }, most);
  const chunk = new PackedChunk(
    ahead.offer({ ...packer.fields(found, bytes, from), shape }, known),
    {
      from: { byte: base, record: first - 1, line },
      to: { byte: stream.base + end, record: first - 1 + count, line: splitter.nextLine },
      spans,
      bytes: own,
      read: () => records.chunkAt({ bytes: own, base, spans: spans(Infinity) }, first).records,
    },
  );
  if (stop === "more" && !stream.block.last) await ahead.lookOn(stream, splitter, max - count);
  return { chunk, stop };
}
