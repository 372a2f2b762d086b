/**
 * The chunks of a JSON source: ordinary lines packed, by the fast paths, and all others one run at a time by the
 * splitter.
 */
import type { RecordChunk } from "../../model/record.ts";
import type { Prefetch } from "../ahead/prefetch.ts";
import { findPacked, MixedChunk, PackedChunk, readPlaces } from "../text/fast-path.ts";
import type { PackedSource, PackStop } from "../text/fast-path.ts";
import { CHUNK_RECORDS } from "../format-reader.ts";
import type { JsonBytes, JsonRun } from "./fast-path.ts";
import type { JsonRecords } from "./records.ts";
import type { LineSplitter } from "../text/line-splitter.ts";
import type { RecordStream, Span } from "../text/record-stream.ts";

/**
 * Where names change after fewer lines than this, those that follow are taken with whatever names they have: lines of several kinds in
 * turns would make more chunks than they are worth. Where that ends as soon, a run goes on the slow path.
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

/** How the lines that come next are read. */
type LineWay = "alike" | "mixed" | "slow";

/** At most `limit` records. */
export async function* jsonChunks(
  { stream, records, fast }: JsonParts,
  limit: number | null,
): AsyncGenerator<RecordChunk> {
  const left = (): number => (limit ?? Infinity) - records.counted;
  let way: LineWay = "alike";
  if (limit === null) fast?.ahead.begin();
  while (left() > 0) {
    const found: FoundLines | null =
      fast === null ? null : await nextFound({ stream, records, fast }, way, left());
    if (found !== null) {
      way = wayAfter(way, found, fast?.bytes.mixed !== null);
      yield found.chunk;
      continue;
    }
    way = "alike";
    const run = await stream.next(Math.min(CHUNK_RECORDS, left()));
    if (run === null) return;
    yield records.chunk(run);
  }
}

/** Ordinary lines, and what follows them. */
interface FoundLines {
  readonly chunk: RecordChunk;
  readonly count: number;
  readonly stop: PackStop;
}

/** What the fast path is used with. */
type FastParts = JsonParts & { readonly fast: FastLines };

function wayAfter(way: LineWay, { chunk, count, stop }: FoundLines, mayMix: boolean): LineWay {
  const isWorthwhile = stop !== "irregular" || count >= WORTHWHILE_CHUNK;
  if (way === "alike") return isWorthwhile ? "alike" : mayMix ? "mixed" : "slow";
  const isAlike = chunk.mixed?.groups.length === 1 && count >= WORTHWHILE_CHUNK;
  return isAlike ? "alike" : isWorthwhile ? "mixed" : "slow";
}

/** The ordinary lines that come next; `null` when the next one is not, or there is none. */
async function nextFound(parts: FastParts, way: LineWay, max: number): Promise<FoundLines | null> {
  if (way === "slow") return null;
  return way === "alike" ? await nextPacked(parts, max) : await nextMixed(parts, max);
}

/** Those that have the same names. */
async function nextPacked(parts: FastParts, max: number): Promise<FoundLines | null> {
  const { stream, records, fast } = parts;
  const { splitter, bytes: packer, ahead } = fast;
  const known = await ahead.take(stream.block, splitter.between, max);
  const next = known ?? (await findPacked(stream, splitter, packer, max));
  if (next === null) return null;
  const { found, from } = next;
  const stop = known?.stop ?? packer.stop;
  const { records: count, end, nested } = found;
  // A thread has shapes of its own.
  const shape = nested === undefined ? records.shapeOf(found.shape) : found.shape;
  const fields = { ...packer.fields(found, stream.block.bytes, from), shape };
  const source = pass(parts, { from, end, count });
  const chunk = new PackedChunk(ahead.offer(fields, known), source);
  if (stop === "more" && !stream.block.last) await ahead.lookOn(stream, splitter, max - count);
  return { chunk, count, stop };
}

/** Those that have names of any kind. */
async function nextMixed(parts: FastParts, max: number): Promise<FoundLines | null> {
  const { stream, fast } = parts;
  const { mixed } = fast.bytes;
  const next = mixed === null ? null : await findPacked(stream, fast.splitter, mixed, max);
  if (next === null || mixed === null) return null;
  const { found, from } = next;
  const { fields, records: count, end } = found;
  const chunk = new MixedChunk(fields, pass(parts, { from, end, count }));
  return { chunk, count, stop: mixed.stop };
}

/** Goes on behind lines that were found; tells where they are, and how they are read. */
function pass(
  { stream, records, fast }: FastParts,
  { from, end, count }: { readonly from: number; readonly end: number; readonly count: number },
): PackedSource {
  const { splitter, splitterAt } = fast;
  const base = stream.base + from;
  const line = splitter.nextLine;
  const first = records.number(count);
  splitter.skip(end, count);
  const own = stream.block.bytes.subarray(from, end);
  const spans = (most: number): Span[] => splitterAt(line).take({ bytes: own, last: true }, most);
  return {
    from: { byte: base, record: first - 1, line },
    to: { byte: stream.base + end, record: first - 1 + count, line: splitter.nextLine },
    spans,
    bytes: own,
    read: readPlaces(
      spans,
      (run, place) => records.chunkAt({ bytes: own, base, spans: run }, first + place).records,
    ),
  };
}
