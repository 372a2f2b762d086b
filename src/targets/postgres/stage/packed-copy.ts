/**
 * COPY data straight from a packed batch: binary where every field has the canonical spelling of a type with an encoder,
 * else text, which leaves every meaning to the database. A batch is wholly one or the other.
 * https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { AheadEncoding, EncodedBytes } from "../../../model/encoded.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { fieldBytes, ordAt } from "../../../model/packed.ts";
import type { PackedRows, PackedSlice } from "../../../model/packed.ts";
import type { Column } from "../../../model/table-shape.ts";
import { EncodedAhead } from "../../encoded-ahead.ts";
import type { FieldUse } from "../../encoded-ahead.ts";
import { BinaryRecords, constantsOf, ORD_PLACE } from "./binary-records.ts";
import { encodersOf } from "./binary-types.ts";
import type { Encoder } from "./binary-types.ts";
import { ByteSource } from "./byte-source.ts";
import { CopyBuffer } from "./copy-buffer.ts";
import { copyEncoding } from "./copy-encoder.ts";
import { HEADER } from "./copy-rows.ts";
import { keyColumns, keyFields, keyHashes } from "./key-hash.ts";

/** The column of the stage that tells rows of several shapes apart. */
const SHAPE_COLUMN = "upsurge_shape";

/** The rows with the number of their shape before their columns. */
export function withShape(rows: PackedRows): PackedRows {
  const { id, columns } = rows.shape;
  const number = { field: -1, constant: String(id) };
  const slices = rows.slices.map((slice) => ({ ...slice, columns: [number, ...slice.columns] }));
  return { ...rows, shape: { id, columns: [SHAPE_COLUMN, ...columns] }, slices };
}

/** The data of a COPY, and the option that names its format. */
export interface CopyData {
  readonly bytes: Buffer;
  /** The memory that `bytes` is the beginning of. */
  readonly whole: Buffer;
  readonly format: "binary" | "text";
}

/** After so many batches in a row that were not canonical, no more are tried. */
const MOST_FAILURES = 3;

/** Records between two looks at the socket: the server is to be fed while the next batch is made. */
const RECORDS_A_TURN = 1000;

/** Makes the data of a load's batches; remembers whether binary is worth trying. */
export class PackedCopy {
  readonly #plan: TablePlan;
  readonly #asksAhead: boolean;
  /** Keys are hashed with the rows. */
  #hashesKeys = false;
  #failures = 0;
  /** Memory of data that was sent: the collector would be slow to give it back. */
  #spare: Buffer | null = null;
  /** By the columns of rows, and whether these are numbered. */
  readonly #ways = new Map<string, BinaryWay | null>();

  /** `asksAhead`: the rows are all that is made of their source's records, and may be encoded when those are read. */
  constructor(plan: TablePlan, asksAhead: boolean) {
    this.#plan = plan;
    this.#asksAhead = asksAhead;
  }

  /** The hashes of the rows' keys, which are made with the rows from then on. */
  keyHashes(rows: PackedRows): Uint32Array | null {
    const hashes = keyHashes(this.#plan, rows);
    this.#hashesKeys ||= hashes !== null;
    return hashes;
  }

  /** Takes back data that the server has read to its end. */
  recycle({ whole }: CopyData): void {
    this.#spare = whole;
  }

  /** The rows of a batch; `numbered`: their `ord` comes before the columns. */
  async encode(rows: PackedRows, numbered: boolean): Promise<CopyData> {
    const into = new CopyBuffer(expectedBytes(rows), this.#spare);
    this.#spare = null;
    const way = this.#failures < MOST_FAILURES ? this.#way(rows, numbered) : null;
    if (way !== null) {
      const sound = await binary(into, rows, way);
      this.#failures = sound ? 0 : this.#failures + 1;
      if (sound) return { bytes: into.written, whole: into.bytes, format: "binary" };
      into.length = 0;
    } else if (this.#asksAhead) for (const { fields } of rows.slices) fields.ahead?.encode(null);
    await text(into, rows, numbered);
    return { bytes: into.written, whole: into.bytes, format: "text" };
  }

  #way({ shape }: PackedRows, numbered: boolean): BinaryWay | null {
    const hashed = this.#hashesKeys;
    const name = JSON.stringify([numbered, hashed, ...shape.columns]);
    const known = this.#ways.get(name);
    if (known !== undefined) return known;
    const how = { numbered, hashed, asks: this.#asksAhead };
    const way = binaryWay(this.#plan, shape.columns, how);
    this.#ways.set(name, way);
    return way;
  }
}

/** How rows are written in binary. */
interface BinaryWay {
  readonly encoders: readonly Encoder[];
  readonly numbered: boolean;
  /** `null`: nobody is asked. */
  readonly ahead: EncodedAhead | null;
}

/** The way of rows with these columns; `null` where one has no encoder. */
function binaryWay(
  plan: TablePlan,
  names: readonly string[],
  {
    numbered,
    hashed,
    asks,
  }: { readonly numbered: boolean; readonly hashed: boolean; readonly asks: boolean },
): BinaryWay | null {
  const types = names.flatMap((name) => {
    if (name === SHAPE_COLUMN) return [{ type: "integer" }];
    const column = plan.columns.find((each) => each.name === name);
    return column === undefined ? [] : [{ type: column.type }];
  });
  const encoders = types.length < names.length ? null : encodersOf(types);
  if (encoders === null) return null;
  const encoding = (use: FieldUse): AheadEncoding => {
    const key = hashedColumns(plan, use, hashed);
    const hashedKey = key === null ? null : keyFields(key, names, use.columns);
    return copyEncoding({ ...use, types, numbered, hashedKey });
  };
  return { encoders, numbered, ahead: asks ? new EncodedAhead(encoding) : null };
}

/** The key to hash: what rows were shared out by, or, where this is asked for, what the plan finds rows by; `null`: none. */
function hashedColumns(
  plan: TablePlan,
  { sharedOut }: FieldUse,
  hashed: boolean,
): readonly Column[] | null {
  const names = sharedOut?.key ?? (hashed ? plan.arbiter?.columns : undefined);
  return names === undefined
    ? null
    : keyColumns({ table: plan.table, arbiter: { columns: names } });
}

/** The length before each field; the rest is about as long as in the source. */
const FIELD_BYTES = 4;

/** A guess at the size of the data, so that it is rarely copied while it grows. */
function expectedBytes({ slices, shape }: PackedRows): number {
  let expected = 64;
  for (const { fields, from, to } of slices) {
    const each = fields.length / fields.records;
    expected += Math.ceil((to - from) * (each + FIELD_BYTES * (shape.columns.length + 2)));
  }
  return expected;
}

/** Writes binary data; false when a field is not canonical. */
async function binary(into: CopyBuffer, rows: PackedRows, way: BinaryWay): Promise<boolean> {
  into.copy(new ByteSource(HEADER), 0, HEADER.length);
  let first = 0;
  for (const slice of rows.slices) {
    const records = new BinaryRecords(slice, way.encoders);
    const encoded = encodedRows(way, slice);
    const ordOf = way.numbered
      ? (record: number) => ordAt(rows, first + record - slice.from)
      : null;
    for (let record = slice.from; record < slice.to;) {
      const to = Math.min(slice.to, record + RECORDS_A_TURN);
      while (record < to) {
        const next = encoded === null ? record : addEncoded(into, encoded, { record, to, ordOf });
        if (next === record && !records.write(into, record, ordOf?.(record) ?? null)) return false;
        record = Math.max(next, record + 1);
      }
      await nextTurn();
    }
    first += slice.to - slice.from;
  }
  into.reserve(2);
  into.int16(-1);
  return true;
}

/** Rows that were encoded ahead. */
interface EncodedRows extends EncodedBytes {
  readonly source: ByteSource;
}

function encodedRows({ ahead }: BinaryWay, slice: PackedSlice): EncodedRows | null {
  const encoded = ahead?.of(slice) ?? null;
  if (encoded === null) return null;
  const { bytes } = encoded;
  return {
    ...encoded,
    source: new ByteSource(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
  };
}

/** Records that may have been encoded ahead. */
interface EncodedRange {
  /** The first. */
  readonly record: number;
  readonly to: number;
  /** `null`: they have none. */
  readonly ordOf: ((record: number) => number) | null;
}

/** Writes the records up to one that was not encoded, or stands elsewhere, and tells that one. */
function addEncoded(
  into: CopyBuffer,
  { source, starts, ends }: EncodedRows,
  { record, to, ordOf }: EncodedRange,
): number {
  const start = starts[record] as number;
  let next = record;
  let end = start;
  while (next < to && starts[next] === end && (ends[next] as number) > end) {
    end = ends[next] as number;
    next += 1;
  }
  const moved = into.length - start;
  into.copy(source, start, end);
  if (ordOf === null) return next;
  for (let each = record; each < next; each += 1)
    into.int64At((starts[each] as number) + moved + ORD_PLACE, ordOf(each));
  return next;
}

const TAB = 9;
const LF = 10;
const CR = 13;
const BACKSLASH = 0x5c;
const ESCAPED = new Uint8Array(256);
ESCAPED[TAB] = 0x74;
ESCAPED[LF] = 0x6e;
ESCAPED[CR] = 0x72;
ESCAPED[BACKSLASH] = BACKSLASH;

/** Writes text data: tabs between the fields, `\N` for NULL. */
async function text(into: CopyBuffer, rows: PackedRows, numbered: boolean): Promise<void> {
  let at = 0;
  for (const slice of rows.slices) {
    const constants = constantsOf(slice);
    const width = slice.fields.shape.fields.length;
    for (let record = slice.from; record < slice.to; record += 1) {
      if (record % RECORDS_A_TURN === 0) await nextTurn();
      if (numbered) {
        const digits = new ByteSource(Buffer.from(String(ordAt(rows, at))));
        into.copy(digits, 0, digits.bytes.length);
      }
      at += 1;
      for (const [column, { field }] of slice.columns.entries()) {
        into.reserve(1);
        if (column > 0 || numbered) into.byte(TAB);
        const constant = constants[column];
        const value =
          constant === undefined ? fieldBytes(slice.fields, record * width + field) : constant;
        textValue(into, value);
      }
      into.reserve(1);
      into.byte(LF);
    }
  }
}

function textValue(into: CopyBuffer, value: Buffer | null): void {
  if (value === null) {
    into.reserve(2);
    into.byte(BACKSLASH);
    into.byte(0x4e);
    return;
  }
  into.reserve(2 * value.length);
  const { bytes } = into;
  let at = into.length;
  for (const byte of value) {
    const escape = ESCAPED[byte] as number;
    if (escape === 0) bytes[at] = byte;
    else {
      bytes[at] = BACKSLASH;
      at += 1;
      bytes[at] = escape;
    }
    at += 1;
  }
  into.length = at;
}
