/**
 * The chunks of a CSV source: ordinary records packed, by the fast lane, and all others one stretch at a time by the
 * splitter. A packed chunk reads its records the careful way as soon as somebody asks for them.
 */
import type { PackedFields } from "../model/packed.ts";
import type { RecordChunk, SourceRecord } from "../model/record.ts";
import type { CsvBytes, PackedStretch } from "./csv-bytes.ts";
import type { CsvRecords } from "./csv-records.ts";
import type { CsvSpan, CsvSplitter } from "./csv-splitter.ts";
import { CHUNK_RECORDS } from "./format-reader.ts";
import type { RecordStream, Stretch } from "./record-stream.ts";

/** What makes the chunks of one source. */
export interface CsvParts {
  readonly stream: RecordStream<CsvSpan>;
  readonly splitter: CsvSplitter;
  readonly records: CsvRecords;
  /** `null` where the source's dialect is out of the ordinary, or the careful lane was asked for. */
  readonly bytes: CsvBytes | null;
  /** A splitter for bytes that begin at `line` and with a record. */
  readonly splitterAt: (line: number) => CsvSplitter;
}

/** At most `limit` records; `waiting` was found before. */
export async function* csvChunks(
  parts: CsvParts,
  { waiting, limit }: { readonly waiting: Stretch<CsvSpan> | null; readonly limit: number | null },
): AsyncGenerator<RecordChunk> {
  const { stream, records } = parts;
  let left = limit ?? Infinity;
  if (waiting !== null && left > 0) {
    left -= 1;
    yield records.chunk(waiting);
  }
  while (left > 0) {
    const packed = await nextPacked(parts, left);
    if (packed !== null) {
      left -= packed.packed.records;
      yield packed;
      continue;
    }
    const stretch = await stream.next(Math.min(CHUNK_RECORDS, left));
    if (stretch === null) return;
    left -= stretch.spans.length;
    yield records.chunk(stretch);
  }
}

/** The ordinary records that come next; `null` when the next one is not, or there is none. */
async function nextPacked(parts: CsvParts, max: number): Promise<PackedChunk | null> {
  const { stream, splitter, bytes } = parts;
  if (bytes === null) return null;
  for (;;) {
    const from = splitter.between;
    if (from === null) return null;
    const { block } = stream;
    const found = bytes.pack(block.bytes, from, block.last, max);
    if (found !== null) return new PackedChunk(parts, found, { from, quote: bytes.quote });
    if (bytes.stop !== "more" || block.last) return null;
    await stream.advance();
  }
}

/** Records that were found but not read. */
class PackedChunk implements RecordChunk {
  readonly packed: PackedFields;
  readonly rejects = [];
  readonly #read: () => readonly SourceRecord[];
  #records: readonly SourceRecord[] | null = null;

  constructor(
    { stream, splitter, records, splitterAt }: CsvParts,
    { places, records: count, end, lines }: PackedStretch,
    { from, quote }: { readonly from: number; readonly quote: number },
  ) {
    const all = stream.block.bytes;
    const line = splitter.nextLine;
    const first = records.number(count);
    const base = stream.base + from;
    this.packed = {
      shape: records.shape,
      bytes: all,
      places,
      records: count,
      length: end - from,
      quote,
    };
    this.#read = () => {
      const bytes = all.subarray(from, end);
      const spans = splitterAt(line).take({ bytes, last: true }, Infinity);
      return records.chunkAt({ bytes, base, spans }, first).records;
    };
    splitter.skip(end, lines);
  }

  get records(): readonly SourceRecord[] {
    this.#records ??= this.#read();
    return this.#records;
  }
}
