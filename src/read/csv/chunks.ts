/**
 * The chunks of a CSV source: ordinary records packed, by the fast path, and all others one run at a time by the
 * splitter.
 */
import type { RecordChunk } from "../../model/record.ts";
import { CR } from "./dialect.ts";
import { linesIn } from "./line-ends.ts";
import type { Prefetch } from "../ahead/prefetch.ts";
import type { CsvBytes } from "./fast-path.ts";
import type { CsvRecords } from "./records.ts";
import type { SlashN } from "./slash-n.ts";
import type { CsvSpan } from "./span.ts";
import type { CsvSplitter } from "./splitter.ts";
import { findPacked, PackedChunk, readPlaces } from "../text/fast-path.ts";
import type { PackedRun } from "../text/fast-path.ts";
import { CHUNK_RECORDS } from "../format-reader.ts";
import type { RecordStream, RecordRun } from "../text/record-stream.ts";

/** What makes the chunks of one source. */
export interface CsvParts {
  readonly stream: RecordStream<CsvSpan>;
  readonly splitter: CsvSplitter;
  readonly records: CsvRecords;
  readonly slashN: SlashN;
  /** `null` where the source's dialect is out of the ordinary, or the slow path was asked for. */
  readonly bytes: CsvBytes | null;
  readonly ahead: Prefetch<PackedRun> | null;
  /** A splitter for bytes that begin at `line` and with a record. */
  readonly splitterAt: (line: number) => CsvSplitter;
}

/** At most `limit` records; `waiting` was found before. */
export async function* csvChunks(
  parts: CsvParts,
  {
    waiting,
    limit,
  }: { readonly waiting: RecordRun<CsvSpan> | null; readonly limit: number | null },
): AsyncGenerator<RecordChunk> {
  const { stream, records } = parts;
  const left = (): number => (limit ?? Infinity) - records.counted;
  if (limit === null) parts.ahead?.begin();
  if (waiting !== null && left() > 0) yield readRun(parts, waiting);
  while (left() > 0) {
    const packed = await nextPacked(parts, left());
    if (packed !== null) {
      yield packed;
      continue;
    }
    const run = await stream.next(Math.min(CHUNK_RECORDS, left()));
    if (run === null) return;
    yield readRun(parts, run);
  }
}

/** The records of a run, read one by one. */
function readRun({ records, slashN }: CsvParts, run: RecordRun<CsvSpan>): RecordChunk {
  const [first] = run.spans;
  const last = run.spans.at(-1);
  if (first !== undefined && last !== undefined)
    slashN.look(run.bytes.subarray(Math.max(0, first.start), last.end), first.firstLine);
  return records.chunk(run);
}

/** The ordinary records that come next; `null` when the next one is not, or there is none. */
async function nextPacked(parts: CsvParts, max: number): Promise<PackedChunk | null> {
  const { stream, splitter, records, slashN, bytes, ahead, splitterAt } = parts;
  if (bytes === null) return null;
  const known = (await ahead?.take(stream.block, splitter.between, max)) ?? null;
  const next = known ?? (await findPacked(stream, splitter, bytes, max));
  if (next === null) return null;
  const { found, from } = next;
  const stop = known?.stop ?? bytes.stop;
  const { places, records: count, end, lines } = found;
  const all = stream.block.bytes;
  const base = stream.base + from;
  const line = splitter.nextLine;
  const first = records.number(count);
  splitter.skip(end, lines);
  const { shape } = records;
  const { quote } = bytes;
  const fields = { ...bytes.fields(found, all, from), shape };
  const own = all.subarray(from, end);
  slashN.look(own, line);
  const spans = (most: number): CsvSpan[] =>
    splitterAt(line).take({ bytes: own, last: true }, most);
  const isLineEach = lines === count;
  const chunk = new PackedChunk(ahead?.offer(fields, known) ?? fields, {
    from: { byte: base, record: first - 1, line },
    to: { byte: stream.base + end, record: first - 1 + count, line: splitter.nextLine },
    spans,
    endOf: (records) => {
      const end = endOfRecord({ all, places, quote }, records * 2 * shape.fields.length);
      const passed = isLineEach ? records : linesIn(all, from, end);
      return { byte: base + end - from, line: line + passed };
    },
    bytes: own,
    read: readPlaces(
      spans,
      (run, place) => records.chunkAt({ bytes: own, base, spans: run }, first + place).records,
    ),
  });
  if (stop === "more" && !stream.block.last) await ahead?.lookOn(stream, splitter, max - count);
  return chunk;
}

/** The byte after a record, `after` being the place after that of its last field. */
function endOfRecord(
  {
    all,
    places,
    quote,
  }: { readonly all: Buffer; readonly places: Int32Array; readonly quote: number },
  after: number,
): number {
  const end = places[after - 1] as number;
  let at = end < 0 ? ~end : end;
  if (all[at] === quote) at += 1;
  if (all[at] === CR) at += 1;
  return Math.min(at + 1, all.length);
}
