/**
 * Hashes of keys, so that keys which are equal to the database have equal hashes: they tell which writer a row belongs to,
 * and that no key repeats. Only for types whose equal values have equal bytes, in canonical spelling.
 */
import { isDeepStrictEqual } from "node:util";
import type { Arbiter, TablePlan } from "../../../model/load-plan.ts";
import { fieldBytes } from "../../../model/packed.ts";
import type { PackedColumn, PackedFields, PackedRows } from "../../../model/packed.ts";
import type { Column } from "../../../model/table-shape.ts";
import { encoderOf, reserveField } from "./binary-types.ts";
import type { Encoder } from "./binary-types.ts";
import { ByteSource, digits } from "./byte-source.ts";
import { CopyBuffer } from "./copy-buffer.ts";

/**
 * The types, as the catalog spells them. Not among them: numeric (1.0 = 1), character (blanks at the end), floats (0 = -0),
 * citext and collations of their own, lengths and precisions that change a value.
 */
const EXACT =
  /^(?:smallint|integer|bigint|uuid|date|boolean|text|character varying|timestamp with(?:out)? time zone)$/;

/** Why the keys of a plan cannot be hashed, as a clause; `null` when those of canonical spelling can. */
export function whyUnhashable({ arbiter, table }: TablePlan): string | null {
  if (arbiter === null || arbiter.kind !== "expressions" || !arbiter.plain)
    return "no plain key decides";
  if (arbiter.predicate !== null) return "the key is partial";
  const index = table.uniqueKeys.find(({ name }) => name === arbiter.name);
  if (index?.standard !== true) return "the key has a comparison of its own";
  const column = keyColumns({ arbiter, table }).find(({ type }) => !EXACT.test(type));
  return column === undefined
    ? null
    : `values of ${column.name} (${column.type}) can be equal in different spellings`;
}

/** The columns of the key, in the order in which they are hashed. */
export function keyColumns({
  arbiter,
  table,
}: Pick<TablePlan, "table"> & { readonly arbiter: Pick<Arbiter, "columns"> | null }): Column[] {
  return table.columns.filter(({ name }) => arbiter?.columns.includes(name));
}

/** A column of a key, and where its values are. */
export interface KeyField extends PackedColumn {
  readonly type: string;
}

/** The columns of the key in rows with these columns; `null` where one is missing. */
export function keyFields(
  key: readonly Column[],
  names: readonly string[],
  columns: readonly PackedColumn[],
): readonly KeyField[] | null {
  const fields = key.map(({ name, type }) => {
    const { field, constant } = columns[names.indexOf(name)] ?? {};
    return field === undefined || constant === undefined ? null : { type, field, constant };
  });
  return fields.every((field) => field !== null) ? fields : null;
}

/** Hashes the keys of records, one after the other. */
export class KeyHasher {
  readonly #fields: PackedFields;
  readonly #source: ByteSource;
  readonly #key: readonly { readonly field: KeyField; readonly encode: Encoder | null }[];
  readonly #scratch = new CopyBuffer(256);

  constructor(fields: PackedFields, key: readonly KeyField[]) {
    this.#fields = fields;
    this.#source = new ByteSource(fields.bytes);
    this.#key = key.map((field) => ({ field, encode: encoderOf(field) }));
  }

  /** The hash of a record's key; -1 when a value is NULL, left to a default or not in canonical spelling. */
  of(record: number): number {
    const scratch = this.#scratch;
    scratch.length = 0;
    for (const { field, encode } of this.#key)
      if (encode === null || !this.#add(record, field, encode)) return -1;
    return hashOf(scratch.bytes, scratch.length);
  }

  #add(record: number, { field, constant }: KeyField, encode: Encoder): boolean {
    if (field < 0)
      return addValue(this.#scratch, constant === null ? null : Buffer.from(constant), encode);
    const { offsets, shape } = this.#fields;
    const at = record * shape.fields.length + field;
    const start = offsets[2 * at] as number;
    const end = offsets[2 * at + 1] as number;
    if (start < 0 || end < 0) return addValue(this.#scratch, fieldBytes(this.#fields, at), encode);
    reserveField(this.#scratch, end - start);
    return encode(this.#scratch, this.#source, start, end);
  }
}

function addValue(scratch: CopyBuffer, value: Buffer | null, encode: Encoder): boolean {
  if (value === null) return false;
  reserveField(scratch, value.length);
  return encode(scratch, new ByteSource(value), 0, value.length);
}

/** The hash of each row's key; `null` when one of them is NULL, left to a default or not in canonical spelling. */
export function keyHashes(plan: TablePlan, { shape, slices }: PackedRows): Uint32Array | null {
  if (whyUnhashable(plan) !== null) return null;
  const columns = keyColumns(plan);
  const count = slices.reduce((sum, { from, to }) => sum + to - from, 0);
  const hashes = new Uint32Array(count);
  let at = 0;
  for (const { fields, columns: filled, from, to } of slices) {
    const key = keyFields(columns, shape.columns, filled);
    if (key === null) return null;
    const known = hashedAhead(fields, key);
    if (known !== null) hashes.set(known.subarray(from, to), at);
    else if (!addHashes(hashes.subarray(at, at + to - from), new KeyHasher(fields, key), from))
      return null;
    at += to - from;
  }
  return hashes;
}

/** Hashes records from `first` on; false where one has no hash. */
function addHashes(into: Uint32Array, hasher: KeyHasher, first: number): boolean {
  for (let at = 0; at < into.length; at += 1) {
    const hash = hasher.of(first + at);
    if (hash < 0) return false;
    into[at] = hash;
  }
  return true;
}

/** The hashes that were made with the rows; `null` where there are none, or those of another key. */
function hashedAhead(
  { encoded, offsets }: PackedFields,
  key: readonly KeyField[],
): Uint32Array | null {
  if (encoded === undefined || encoded.of !== offsets) return null;
  const { hashedKey } = encoded.by.data as { readonly hashedKey?: readonly KeyField[] | null };
  return isDeepStrictEqual(hashedKey, key) ? encoded.hashes : null;
}

/** The hash of a key whose columns have these binary values, as `keyHashes` tells it of usual spellings. */
export function hashOfParts(parts: readonly (Buffer | null)[]): number {
  const into = new CopyBuffer(256);
  for (const part of parts) {
    into.reserve(4);
    into.int32(part?.length ?? -1);
    if (part !== null) into.copy(new ByteSource(part), 0, part.length);
  }
  return hashOf(into.bytes, into.length);
}

/** FNV-1a, its bits mixed once more: keys that count up fall on all remainders alike. */
function hashOf(bytes: Buffer, length: number): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < length; at += 1)
    hash = Math.imul(hash ^ (bytes[at] as number), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** True when no hash is there twice: then no key is. */
export function allDiffer(hashes: Uint32Array): boolean {
  const sorted = hashes.toSorted();
  for (let at = 1; at < sorted.length; at += 1) if (sorted[at] === sorted[at - 1]) return false;
  return true;
}

/** The least and the greatest key of a batch. */
export interface KeyRange {
  readonly least: number;
  readonly most: number;
  /** Each is greater than the one before: so none is there twice. */
  readonly ascending: boolean;
}

/** The range of integer keys that lie close together: at least one in four is there. `null` for any other keys. */
export function denseRange(plan: TablePlan, rows: PackedRows): KeyRange | null {
  const [column, ...more] = keyColumns(plan);
  if (column === undefined || more.length > 0 || whyUnhashable(plan) !== null) return null;
  const place = rows.shape.columns.indexOf(column.name);
  if (!/^(?:smallint|integer|bigint)$/.test(column.type)) return null;
  const widest = 4 * rows.slices.reduce((sum, { from, to }) => sum + to - from, 0);
  let [least, most, before] = [Infinity, -Infinity, -Infinity];
  let ascending = true;
  for (const { fields, columns, from, to } of rows.slices) {
    const field = columns[place]?.field ?? -1;
    if (field < 0) return null;
    const width = fields.shape.fields.length;
    const source = new ByteSource(fields.bytes);
    for (let at = from * width + field; at < to * width; at += width) {
      const key = integerAt(source, fields, at);
      if (Number.isNaN(key)) return null;
      ascending &&= key > before;
      before = key;
      if (key < least) least = key;
      if (key > most) most = key;
      if (most - least >= widest) return null;
    }
  }
  return { least, most, ascending };
}

/** An integer that a double holds exactly, `NaN` for anything else. */
function integerAt(from: ByteSource, { offsets: places }: PackedFields, place: number): number {
  const start = places[2 * place] as number;
  const end = places[2 * place + 1] as number;
  if (start < 0 || end < 0 || end - start > 15) return NaN;
  const negative = from.bytes[start] === 45;
  const value = digits(from, negative ? start + 1 : start, end);
  if (value < 0) return NaN;
  return negative ? -value : value;
}
