/**
 * Hashes of keys, so that keys which are equal to the database have equal hashes: they tell which writer a row belongs to,
 * and that no key repeats. Only for types whose equal values have equal bytes, in canonical spelling.
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import { fieldBytes, integerAt } from "../../../model/packed.ts";
import type { PackedSlice, PackedRows } from "../../../model/packed.ts";
import type { Column } from "../../../model/table-shape.ts";
import { encoderOf } from "./binary-types.ts";
import type { Encoder } from "./binary-types.ts";
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
export function keyColumns({ arbiter, table }: Pick<TablePlan, "arbiter" | "table">): Column[] {
  return table.columns.filter(({ name }) => arbiter?.columns.includes(name));
}

interface KeyPart {
  readonly place: number;
  readonly encode: Encoder;
}

/** The hash of each row's key; `null` when one of them is NULL, left to a default or not in canonical spelling. */
export function keyHashes(plan: TablePlan, rows: PackedRows): Uint32Array | null {
  if (whyUnhashable(plan) !== null) return null;
  const key: KeyPart[] = [];
  for (const column of keyColumns(plan)) {
    const place = rows.shape.columns.indexOf(column.name);
    const encode = encoderOf(column);
    if (place < 0 || encode === null) return null;
    key.push({ place, encode });
  }
  const count = rows.slices.reduce((sum, { from, to }) => sum + to - from, 0);
  const hashes = new Uint32Array(count);
  const scratch = new CopyBuffer(256);
  let at = 0;
  for (const part of rows.slices) {
    for (let record = part.from; record < part.to; record += 1) {
      scratch.length = 0;
      for (const { place, encode } of key) {
        if (!addKey(scratch, part, { record, place, encode })) return null;
      }
      hashes[at] = hashOf(scratch.bytes, scratch.length);
      at += 1;
    }
  }
  return hashes;
}

function addKey(
  scratch: CopyBuffer,
  { fields, columns }: PackedSlice,
  { record, place, encode }: KeyPart & { readonly record: number },
): boolean {
  const column = columns[place];
  if (column === undefined) return false;
  if (column.field < 0) return addValue(scratch, constantBytes(column.constant), encode);
  const at = record * fields.shape.fields.length + column.field;
  const start = fields.offsets[2 * at] as number;
  const end = fields.offsets[2 * at + 1] as number;
  if (start >= 0 && end >= 0) return encode(scratch, fields.bytes, start, end);
  return addValue(scratch, fieldBytes(fields, at), encode);
}

function constantBytes(constant: string | null): Buffer | null {
  return constant === null ? null : Buffer.from(constant);
}

function addValue(scratch: CopyBuffer, value: Buffer | null, encode: Encoder): boolean {
  return value !== null && encode(scratch, value, 0, value.length);
}

/** The hash of a key whose columns have these binary values, as `keyHashes` tells it of usual spellings. */
export function hashOfParts(parts: readonly (Buffer | null)[]): number {
  const into = new CopyBuffer(256);
  for (const part of parts) {
    into.int32(part?.length ?? -1);
    if (part !== null) into.copy(part, 0, part.length);
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
  let [least, most, count, before] = [Infinity, -Infinity, 0, -Infinity];
  let ascending = true;
  for (const { fields, columns, from, to } of rows.slices) {
    const field = columns[place]?.field ?? -1;
    if (field < 0) return null;
    const width = fields.shape.fields.length;
    for (let at = from * width + field; at < to * width; at += width) {
      const key = integerAt(fields, at);
      if (Number.isNaN(key)) return null;
      ascending &&= key > before;
      before = key;
      if (key < least) least = key;
      if (key > most) most = key;
    }
    count += to - from;
  }
  return most - least < 4 * count ? { least, most, ascending } : null;
}
