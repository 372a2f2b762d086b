/**
 * COPY data straight from a packed batch: binary where every field has the canonical spelling of a type with an encoder,
 * else text, which leaves every meaning to the database. A batch is wholly one or the other.
 * https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { TablePlan } from "../../../model/load-plan.ts";
import { fieldBytes, ordAt } from "../../../model/packed.ts";
import type { PackedSlice, PackedRows } from "../../../model/packed.ts";
import { encoderOf, reserveField } from "./binary-types.ts";
import type { Encoder } from "./binary-types.ts";
import { ByteSource } from "./byte-source.ts";
import { CopyBuffer } from "./copy-buffer.ts";

/** The data of a COPY, and the option that names its format. */
export interface CopyData {
  readonly bytes: Buffer;
  /** The memory that `bytes` is the beginning of. */
  readonly whole: Buffer;
  readonly format: "binary" | "text";
}

/** After so many batches in a row that were not canonical, no more are tried. */
const MOST_FAILURES = 3;

const HEADER = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");

/** Records between two looks at the socket: the server is to be fed while the next batch is made. */
const RECORDS_A_TURN = 1000;

/** Makes the data of a load's batches; remembers whether binary is worth trying. */
export class PackedCopy {
  readonly #plan: TablePlan;
  #failures = 0;
  /** Memory of data that was sent: the collector would be slow to give it back. */
  #spare: Buffer | null = null;

  constructor(plan: TablePlan) {
    this.#plan = plan;
  }

  /** Takes back data that the server has read to its end. */
  recycle({ whole }: CopyData): void {
    this.#spare = whole;
  }

  /** The rows of a batch; `numbered`: their `ord` comes before the columns. */
  async encode(rows: PackedRows, numbered: boolean): Promise<CopyData> {
    const into = new CopyBuffer(expectedBytes(rows), this.#spare);
    this.#spare = null;
    const encoders = this.#failures < MOST_FAILURES ? this.#encoders(rows) : null;
    if (encoders !== null) {
      const sound = await binary(into, rows, { encoders, numbered });
      this.#failures = sound ? 0 : this.#failures + 1;
      if (sound) return { bytes: into.written, whole: into.bytes, format: "binary" };
      into.length = 0;
    }
    await text(into, rows, numbered);
    return { bytes: into.written, whole: into.bytes, format: "text" };
  }

  #encoders({ shape }: PackedRows): Encoder[] | null {
    const encoders = shape.columns.map((name) => {
      const column = this.#plan.columns.find((each) => each.name === name);
      return column === undefined ? null : encoderOf(column);
    });
    return encoders.every((encoder) => encoder !== null) ? encoders : null;
  }
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
async function binary(
  into: CopyBuffer,
  rows: PackedRows,
  { encoders, numbered }: { readonly encoders: readonly Encoder[]; readonly numbered: boolean },
): Promise<boolean> {
  into.copy(new ByteSource(HEADER), 0, HEADER.length);
  let first = 0;
  for (const slice of rows.slices) {
    const constants = constantsOf(slice);
    const source = new ByteSource(slice.fields.bytes);
    for (let from = slice.from; from < slice.to; from += RECORDS_A_TURN) {
      const to = Math.min(slice.to, from + RECORDS_A_TURN);
      const range = { slice: { ...slice, from, to }, source, encoders, constants };
      if (!binaryRecords(into, range, numbered ? { rows, first } : null)) return false;
      first += to - from;
      await nextTurn();
    }
  }
  into.reserve(2);
  into.int16(-1);
  return true;
}

/** What comes before the fields of a record takes no more. */
const RECORD_ROOM = 16;

/** Some records with what encodes their columns. */
interface CopySlice {
  readonly slice: PackedSlice;
  /** The bytes of its fields. */
  readonly source: ByteSource;
  readonly encoders: readonly Encoder[];
  readonly constants: readonly (Buffer | null | undefined)[];
}

/** Where records are in their batch. */
interface RecordNumbers {
  readonly rows: PackedRows;
  /** Of the first of them. */
  readonly first: number;
}

/** Writes records; with `numbers`, the `ord` of each before it. False when a field is not canonical. */
function binaryRecords(
  into: CopyBuffer,
  { slice, source: bytes, encoders, constants }: CopySlice,
  numbers: RecordNumbers | null,
): boolean {
  const { fields, from, to } = slice;
  const { offsets: places } = fields;
  const width = fields.shape.fields.length;
  const sources = slice.columns.map(({ field }) => field);
  const count = encoders.length + (numbers === null ? 0 : 1);
  for (let record = from; record < to; record += 1) {
    into.reserve(RECORD_ROOM);
    into.int16(count);
    if (numbers !== null) {
      into.int32(8);
      into.int64(ordAt(numbers.rows, numbers.first + record - from));
    }
    for (let column = 0; column < encoders.length; column += 1) {
      const encode = encoders[column] as Encoder;
      const source = sources[column] as number;
      const place = 2 * (record * width + source);
      const start = source < 0 ? -1 : (places[place] as number);
      const end = source < 0 ? 0 : (places[place + 1] as number);
      if (start >= 0 && end >= 0) {
        reserveField(into, end - start);
        if (!encode(into, bytes, start, end)) return false;
        continue;
      }
      const value = source < 0 ? (constants[column] ?? null) : fieldBytes(fields, place / 2);
      reserveField(into, value?.length ?? 0);
      if (value === null) into.int32(-1);
      else if (!encode(into, new ByteSource(value), 0, value.length)) return false;
    }
  }
  return true;
}

/** The bytes of the columns that hold one constant, by their place; the others are holes. */
function constantsOf({ columns }: PackedSlice): readonly (Buffer | null | undefined)[] {
  return columns.map(({ field, constant }) => {
    if (field >= 0) return undefined;
    return constant === null ? null : Buffer.from(constant);
  });
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
