/**
 * What the fast paths of all formats share: they find ordinary records in bytes, and hand them on packed. A packed chunk
 * reads its records on the slow path as soon as somebody asks for them.
 */
import { nestedWithout } from "../../model/nest/packed-nest.ts";
import { movedFields } from "../../model/packed.ts";
import type { MixedFields, PackedFields } from "../../model/packed.ts";
import type { SourceOffset } from "../../model/source-offset.ts";
import type { PackedRaws, RecordChunk, SourceRecord } from "../../model/record.ts";
import type { Charset } from "./charset.ts";
import type { RecordStream, Span } from "./record-stream.ts";

/** Records that were found. */
export interface PackedRun {
  readonly places: Int32Array;
  readonly records: number;
  /** The byte after the last record. */
  readonly end: number;
  /** Ends of line in the records, those within quotes included. */
  readonly lines: number;
}

/** What follows the records that were found: not enough bytes to tell, a record out of the ordinary, or as many as were asked for. */
export type PackStop = "more" | "irregular" | "full";

/** Records that are found at once, at most: all of them are in memory once somebody asks for them. */
export const PACKED_RECORDS = 32_768;

/** Finds ordinary records that follow one another. */
export interface RunFinder<R> {
  /**
   * Finds at most `max` records from `from` on, and no more than `PACKED_RECORDS`; `last`: nothing follows these bytes.
   * `null` when there is none.
   */
  pack(bytes: Buffer, from: number, last: boolean, max: number): R | null;
  /** What follows the records of the last `pack`. */
  readonly stop: PackStop;
}

/** Finds ordinary records that have the same fields. */
export interface Packer<P extends PackedRun> extends RunFinder<P> {
  /** The fields that were found in these bytes from `from` on. */
  fields(found: P, bytes: Buffer, from: number): PackedFields;
}

/** The ordinary records that begin where `between` says, read on for if need be; `null` when the next one is not, or there is none. */
export async function findPacked<S extends Span, R>(
  stream: RecordStream<S>,
  splitter: { readonly between: number | null },
  packer: RunFinder<R>,
  max: number,
): Promise<{ readonly found: R; readonly from: number } | null> {
  for (;;) {
    const from = splitter.between;
    if (from === null) return null;
    const { block } = stream;
    const found = packer.pack(block.bytes, from, block.last, max);
    if (found !== null) return { found, from };
    if (packer.stop !== "more" || block.last) return null;
    await stream.advance();
  }
}

/** Reads the records at these places, which ascend; `null`: all of them. */
export type ReadPlaces = (places: Uint32Array | null) => readonly SourceRecord[];

/** Reads records at their spans, which are looked for once: by `read`, those that follow one another together, from a place on. */
export function readPlaces<S extends Span>(
  spans: (most: number) => readonly S[],
  read: (run: readonly S[], from: number) => readonly SourceRecord[],
): ReadPlaces {
  let all: readonly S[] | null = null;
  return (places) => {
    if (places === null) return read(spans(Infinity), 0);
    all ??= spans(Infinity);
    const records: SourceRecord[] = [];
    for (let at = 0; at < places.length;) {
      const first = places[at] as number;
      let next = at + 1;
      while (places[next] === first + next - at) next += 1;
      records.push(...read(all.slice(first, first + next - at), first));
      at = next;
    }
    return records;
  };
}

/** How the records of a packed chunk are read, and where they stand. */
export interface PackedSource {
  readonly read: ReadPlaces;
  /** Before the first record, and after the last. */
  readonly from: SourceOffset;
  readonly to: SourceOffset;
  /** The spans of the first `count` records, from bytes that begin at `from`. */
  readonly spans: (count: number) => readonly Span[];
  /** Where the record of this number ends, counted from 1, where that is told without spans; the line is that of the next. */
  readonly endOf?: (count: number) => Pick<SourceOffset, "byte" | "line">;
  /** These bytes. */
  readonly bytes: Buffer;
}

/** Records that were found but not read. */
export abstract class FoundChunk implements RecordChunk {
  readonly rejects = [];
  readonly #source: PackedSource;
  readonly #count: number;
  #records: readonly SourceRecord[] | null = null;

  constructor(count: number, source: PackedSource) {
    this.#count = count;
    this.#source = source;
  }

  abstract readonly packed: PackedFields | null;

  /** The chunk without its first `count` records. */
  abstract without(count: number): FoundChunk;

  readonly offsetAfter = (count: number): SourceOffset => {
    const { from, to, spans, endOf } = this.#source;
    if (count === 0) return from;
    if (count >= this.#count) return to;
    if (endOf !== undefined) return { ...endOf(count), record: from.record + count };
    const last = spans(count).at(-1);
    if (last === undefined) return from;
    return { byte: from.byte + last.end, record: from.record + count, line: last.lastLine + 1 };
  };

  readonly recordsAt = (places: Uint32Array): readonly SourceRecord[] => {
    const records = this.#records;
    if (records === null) return this.#source.read(places);
    return Array.from(places, (place) => records[place] as SourceRecord);
  };

  readonly whole = (): PackedRaws => {
    const { from, spans, bytes } = this.#source;
    const raws = spans(this.#count).map(({ start, end }) => bytes.subarray(start, end));
    return { firstRecord: from.record + 1, raws };
  };

  /** The source of the chunk without its first `count` records. */
  protected sourceWithout(count: number): PackedSource {
    const { read, from, to, spans, endOf, bytes } = this.#source;
    const first = this.offsetAfter(count);
    const passed = first.byte - from.byte;
    return {
      read: (places) =>
        places === null ? read(null).slice(count) : read(places.map((place) => count + place)),
      from: first,
      to,
      spans: (more: number) =>
        spans(count + more)
          .slice(count)
          .map((span) => ({ ...span, start: span.start - passed, end: span.end - passed })),
      ...(endOf === undefined ? {} : { endOf: (more: number) => endOf(count + more) }),
      bytes: bytes.subarray(passed),
    };
  }

  get records(): readonly SourceRecord[] {
    this.#records ??= this.#source.read(null);
    return this.#records;
  }
}

/** Records with the same fields. */
export class PackedChunk extends FoundChunk {
  readonly packed: PackedFields;

  constructor(packed: PackedFields, source: PackedSource) {
    super(packed.records, source);
    this.packed = packed;
  }

  without(count: number): PackedChunk {
    return new PackedChunk(fieldsWithout(this.packed, count), this.sourceWithout(count));
  }
}

/** Records of which some have other fields than others. */
export class MixedChunk extends FoundChunk {
  readonly packed = null;
  readonly mixed: MixedFields;

  constructor(mixed: MixedFields, source: PackedSource) {
    super(mixed.records, source);
    this.mixed = mixed;
  }

  without(count: number): MixedChunk {
    const { groups, groupOf, records, length } = this.mixed;
    const passed = new Uint32Array(groups.length);
    for (const group of groupOf.subarray(0, count)) passed[group] = (passed[group] as number) + 1;
    const rest: MixedFields = {
      groups: groups.map((fields, group) => fieldsWithout(fields, passed[group] as number)),
      groupOf: groupOf.subarray(count),
      records: records - count,
      length: shareOf(length, records - count, records),
    };
    return new MixedChunk(rest, this.sourceWithout(count));
  }
}

/** The fields of all records but the first `count`. */
function fieldsWithout(fields: PackedFields, count: number): PackedFields {
  const width = 2 * fields.shape.fields.length;
  const records = fields.records - count;
  const { nested } = fields;
  return movedFields(fields, {
    offsets: fields.offsets.subarray(count * width),
    records,
    length: shareOf(fields.length, records, fields.records),
    ...(nested === undefined ? {} : { nested: nestedWithout(nested, count) }),
  });
}

/** About how many of the bytes of all records some of them have. */
function shareOf(length: number, some: number, all: number): number {
  return Math.ceil((length * some) / all);
}

/** True for the one encoding whose bytes targets can take as they are. */
export function isPlainText({ name, transcoder }: Charset): boolean {
  return name === "UTF-8" && transcoder === null;
}
