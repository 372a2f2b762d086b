/** Looks at the first records of a source without losing them: planning needs their fields. */
import type { NestMember } from "../model/nest/nesting.ts";
import type { SourceOffset } from "../model/source-offset.ts";
import { recordsIn } from "../model/record.ts";
import type { RecordChunk, RecordShape } from "../model/record.ts";
import { FoundChunk } from "../read/text/fast-path.ts";
import type { SkipResult } from "../read/text/skip-to.ts";
import type { Source } from "../read/source.ts";
import { NestedSample } from "./nested-fields.ts";
import type { NestedFields } from "./nested-fields.ts";

/** How many records planning looks at. */
const SAMPLED = 1000;

/** The fields a source is known to have, and all of its records still to come. */
export interface SourceSample {
  readonly fields: readonly string[];
  /** Those that came together in a record. */
  readonly shapes: readonly (readonly string[])[];
  /** Of the records in members. */
  readonly nested: readonly NestedFields[];
  readonly chunks: AsyncIterable<RecordChunk>;
  /** Goes on at an offset, also at one among the records that were looked at; to be called before the chunks are asked for. */
  skipTo(offset: SourceOffset): Promise<SkipResult>;
}

/** A source of which some chunks were read. */
export interface BegunSource {
  readonly source: Source;
  readonly iterator: AsyncIterator<RecordChunk>;
  /** Those that were read. */
  readonly seen: readonly RecordChunk[];
}

/** The fields of the header, or those of the first 1,000 records and of all that were read before. */
export async function sample(
  source: Source,
  begun?: BegunSource,
  nests: readonly NestMember[] = [],
): Promise<SourceSample> {
  const iterator = begun?.iterator ?? source.chunks()[Symbol.asyncIterator]();
  let seen: RecordChunk[] = [...(begun?.seen ?? [])];
  const shapes = new Set<RecordShape>(seen.flatMap(shapesOf));
  const nested = new NestedSample(nests);
  for (const chunk of seen) nested.see(chunk);
  const wanted = source.fields !== null || seen.length > 0 ? 0 : SAMPLED;
  for (let records = 0; records < wanted;) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    seen.push(value);
    nested.see(value);
    for (const shape of shapesOf(value)) shapes.add(shape);
    records += recordsIn(value) + value.rejects.length;
  }
  const together = [...shapes].map(({ fields }) => fields);
  return {
    fields: [...new Set([...(source.fields ?? []), ...together.flat()])],
    shapes: together,
    nested: nested.levels,
    chunks: replay(() => seen, iterator),
    skipTo: async (offset) => {
      const last = seen.at(-1);
      const [at] = seen.flatMap((chunk) => endsOf(chunk, offset.record));
      seen = seen.flatMap((chunk) => later(chunk, offset.record));
      const isPassed = last === undefined || lastOf(last) < offset.record;
      if (isPassed || (at !== undefined && at.byte < offset.byte))
        return await source.skipTo(offset);
      return at === undefined || isSame(at, offset.byte) ? "reached" : "cut";
    },
  };
}

/** The end of a record that was looked at. */
interface RecordEnd {
  readonly byte: number;
  /** Its last bytes, as they were. */
  readonly tail: Uint8Array;
}

/** Where the record number `record` of a chunk ends; none when it is in another. */
function endsOf(chunk: RecordChunk, record: number): RecordEnd[] {
  const blanks = (chunk.blanks ?? []).map((position) => ({ position, raw: null }));
  const all = [...chunk.records, ...chunk.rejects, ...blanks];
  return all
    .filter(({ position }) => position.record === record)
    .map(({ position, raw }) => ({ byte: position.byte[1], tail: raw?.slice(-4) ?? EMPTY }));
}

const EMPTY = new Uint8Array();

/** Whether a record ends at `byte`, where it had ended, save that its end of line has come since. */
function isSame({ byte: end, tail }: RecordEnd, byte: number): boolean {
  if (end === byte) return true;
  // UTF-16 has zero bytes between.
  const last = tail.filter((each) => each !== 0).subarray(byte - end);
  return end - byte <= 2 && last.every((each) => each === 10 || each === 13);
}

/** The number of a chunk's last record. */
function lastOf(chunk: RecordChunk): number {
  if (chunk.offsetAfter !== null) return chunk.offsetAfter(Infinity).record;
  const numbers = [chunk.records.at(-1), chunk.rejects.at(-1)].map(
    (each) => each?.position.record ?? 0,
  );
  return Math.max(...numbers, chunk.blanks?.at(-1)?.record ?? 0);
}

/** What a chunk has after the record number `record`. */
function later(chunk: RecordChunk, record: number): RecordChunk[] {
  if (lastOf(chunk) <= record) return [];
  if (chunk instanceof FoundChunk) {
    const before = record - chunk.offsetAfter(0).record;
    return [before <= 0 ? chunk : chunk.without(before)];
  }
  const isLater = ({ position }: Pick<RecordChunk["rejects"][number], "position">): boolean =>
    position.record > record;
  return [
    {
      ...chunk,
      records: chunk.records.filter(isLater),
      rejects: chunk.rejects.filter(isLater),
      blanks: (chunk.blanks ?? []).filter((position) => isLater({ position })),
    },
  ];
}

/** The shapes of a chunk's records, of those that planning looks at: by number, whatever chunks a source comes in. */
export function shapesOf(chunk: RecordChunk): readonly RecordShape[] {
  // A packed chunk makes its records when it is asked for them.
  if (chunk.packed !== null) return [chunk.packed.shape];
  if (chunk.mixed !== undefined && chunk.offsetAfter !== null) {
    const { groups, groupOf } = chunk.mixed;
    const looked = Math.max(0, SAMPLED - chunk.offsetAfter(0).record);
    return [...new Set(groupOf.subarray(0, looked))].flatMap((group) => groups[group]?.shape ?? []);
  }
  const looked = chunk.records.filter(({ position }) => position.record <= SAMPLED);
  return looked.map(({ shape }) => shape);
}

async function* replay(
  looked: () => RecordChunk[],
  rest: AsyncIterator<RecordChunk>,
): AsyncGenerator<RecordChunk> {
  const seen = looked();
  for (let chunk = seen.shift(); chunk !== undefined; chunk = seen.shift()) yield chunk;
  for (;;) {
    const { done, value } = await rest.next();
    if (done === true) return;
    yield value;
  }
}
