/**
 * What the values of each field look like, over whole sources: takes the chunks of a reader, packed ones on their bytes.
 * The memory it takes does not grow with the records.
 */
import type { ColumnFacts } from "../model/column-facts.ts";
import { fieldBytes, KIND_BITS } from "../model/packed.ts";
import type { PackedFields } from "../model/packed.ts";
import type { FieldKind, RecordChunk, RecordShape, SourceRecord } from "../model/record.ts";
import type { ValueSketch } from "../values/value-sketch.ts";
import { CSV_FIELD, FieldTally } from "./field-tally.ts";

const QUOTE = 0x22;

/** Kinds of JSON values that are no strings, by their first byte. */
const KINDS = new Uint8Array(256).fill(KIND_BITS.number);
for (const first of "tf") KINDS[first.charCodeAt(0)] = KIND_BITS.boolean;
for (const first of "{[") KINDS[first.charCodeAt(0)] = KIND_BITS.json;

/** The kinds by their bits. */
const KIND_NAMES: Readonly<Record<number, FieldKind>> = {
  [KIND_BITS.text]: "text",
  [KIND_BITS.number]: "number",
  [KIND_BITS.boolean]: "boolean",
  [KIND_BITS.json]: "json",
};

/** Sees the records of a load. */
export class Profile {
  readonly #tallies = new Map<string, FieldTally>();
  readonly #ofShape = new WeakMap<RecordShape, readonly FieldTally[]>();
  readonly #sketch: ValueSketch | null;
  readonly #columnOf: (field: string) => string;
  #records = 0;

  /** `sketch`: how values are read first; `columnOf`: the column that a field fills, or would fill. */
  constructor(sketch: ValueSketch | null = null, columnOf = (field: string): string => field) {
    this.#sketch = sketch;
    this.#columnOf = columnOf;
  }

  /** Records that were seen; rejects are none. */
  get records(): number {
    return this.#records;
  }

  /** What was seen of each field, in the order in which they came. */
  get fields(): ReadonlyMap<string, ColumnFacts> {
    return new Map([...this.#tallies].map(([name, tally]) => [name, tally.facts()]));
  }

  /** Sees the records of a chunk. */
  see(chunk: RecordChunk): void {
    const { packed } = chunk;
    if (packed === null) {
      for (const record of chunk.records) this.#seeRecord(record);
      return;
    }
    this.#records += packed.records;
    for (const [field, tally] of this.#talliesOf(packed.shape).entries()) {
      if (this.#sketch === null) seeField(packed, field, tally);
      else this.#seeEach(packed, field, tally);
    }
  }

  #seeRecord({ shape, values, kinds }: SourceRecord): void {
    this.#records += 1;
    for (const [field, tally] of this.#talliesOf(shape).entries()) {
      const kind = kinds === null ? null : (kinds[field] ?? "text");
      this.#seeValue(tally, shape.fields[field] ?? "", values[field] ?? null, kind);
    }
  }

  /** Sees a value as it is read; of one that the flags do not read, that it is a text. */
  #seeValue(tally: FieldTally, field: string, value: string | null, kind: FieldKind | null): void {
    const isText = value !== null && (kind === null || kind === "text");
    const read =
      isText && this.#sketch !== null
        ? this.#sketch.read(this.#columnOf(field), value, kind !== null)
        : value;
    if (isText && read === null) {
      tally.seeText(kind === null ? CSV_FIELD : KIND_BITS.text, Buffer.from(value));
    } else seeValue(tally, read, kind);
  }

  /** Sees the values of one field of packed records one by one. */
  #seeEach(packed: PackedFields, field: number, tally: FieldTally): void {
    const { bytes, offsets, shape, records, kinds } = packed;
    const width = shape.fields.length;
    for (let place = field; place < records * width; place += width) {
      const start = offsets[2 * place] as number;
      const kind = kinds === null || start < 0 ? null : KIND_NAMES[kindAt(bytes, start)];
      const value = fieldBytes(packed, place)?.toString() ?? null;
      this.#seeValue(tally, shape.fields[field] ?? "", value, kind ?? null);
    }
  }

  #talliesOf(shape: RecordShape): readonly FieldTally[] {
    const known = this.#ofShape.get(shape);
    if (known !== undefined) return known;
    const tallies = shape.fields.map((name) => {
      const tally = this.#tallies.get(name) ?? new FieldTally();
      this.#tallies.set(name, tally);
      return tally;
    });
    this.#ofShape.set(shape, tallies);
    return tallies;
  }
}

function seeValue(tally: FieldTally, value: string | null, kind: FieldKind | null): void {
  if (value === null) {
    tally.seeNulls(1);
    return;
  }
  const bit = kind === null ? CSV_FIELD : KIND_BITS[kind];
  // No text has more bytes than three times its length.
  if (isText(bit) && tally.seeUnread(bit, 3 * value.length)) return;
  const bytes = Buffer.from(value);
  tally.see(bit, bytes, 0, bytes.length);
}

function isText(kind: number): boolean {
  return kind === CSV_FIELD || kind === KIND_BITS.text;
}

/** Sees the values of one field of packed records. */
function seeField(fields: PackedFields, field: number, tally: FieldTally): void {
  const { bytes, offsets, shape, records, kinds } = fields;
  const width = 2 * shape.fields.length;
  const all = kinds === null ? CSV_FIELD : (kinds[field] as number);
  // One bit: what is not NULL is of that kind.
  const mixed = (all & (all - 1)) !== 0;
  let nulls = 0;
  for (let at = 2 * field; at < records * width; at += width) {
    const start = offsets[at] as number;
    if (start < 0) {
      nulls += 1;
      continue;
    }
    const end = offsets[at + 1] as number;
    const kind = mixed ? kindAt(bytes, start) : all;
    if (end >= 0) tally.see(kind, bytes, start, end);
    else if (!tally.seeUnread(kind, ~end - start)) {
      const value = fieldBytes(fields, at / 2) as Buffer;
      tally.see(kind, value, 0, value.length);
    }
  }
  tally.seeNulls(nulls);
}

/** The kind of the JSON value at `start`: a string begins behind its quote. */
function kindAt(bytes: Buffer, start: number): number {
  return bytes[start - 1] === QUOTE ? KIND_BITS.text : (KINDS[bytes[start] as number] as number);
}
