/**
 * The chunks of a JSON source: ordinary lines packed, by the fast path, and all others one run at a time by the
 * splitter.
 */
import { JSON_ESCAPES } from "../../model/packed.ts";
import type { RecordChunk } from "../../model/record.ts";
import { findPacked, PackedChunk } from "../text/fast-path.ts";
import { CHUNK_RECORDS } from "../format-reader.ts";
import type { JsonBytes } from "./fast-path.ts";
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
  while (left() > 0) {
    const packed: PackedChunk | null =
      fast === null || !worthwhile ? null : await nextPacked({ stream, records, fast }, left());
    if (packed !== null) {
      const count: number = packed.packed.records;
      worthwhile = fast?.bytes.stop !== "irregular" || count >= WORTHWHILE_CHUNK;
      yield packed;
      continue;
    }
    worthwhile = true;
    const run = await stream.next(Math.min(CHUNK_RECORDS, left()));
    if (run === null) return;
    yield records.chunk(run);
  }
}

/** The ordinary lines that come next; `null` when the next one is not, or there is none. */
async function nextPacked(
  { stream, records, fast }: JsonParts & { readonly fast: FastLines },
  max: number,
): Promise<PackedChunk | null> {
  const { splitter, bytes: packer, splitterAt } = fast;
  const next = await findPacked(stream, splitter, packer, max);
  if (next === null) return null;
  const { found, from } = next;
  const { shape, kinds, places, records: count, end, lines } = found;
  const { bytes } = stream.block;
  const base = stream.base + from;
  const line = splitter.nextLine;
  const first = records.number(count);
  splitter.skip(end, lines);
  const own = bytes.subarray(from, end);
  const spans = (most: number): Span[] => splitterAt(line).take({ bytes: own, last: true }, most);
  return new PackedChunk(
    {
      shape,
      kinds,
      bytes,
      offsets: places,
      records: count,
      length: end - from,
      quote: JSON_ESCAPES,
    },
    {
      from: { byte: base, record: first - 1, line },
      to: { byte: stream.base + end, record: first - 1 + count, line: splitter.nextLine },
      spans,
      bytes: own,
      read: () => records.chunkAt({ bytes: own, base, spans: spans(Infinity) }, first).records,
    },
  );
}
