/** Hashes of integer keys, where the database tells none of its own: integers in their usual spelling are equal where their bytes are. */
import { isInteger } from "../../model/nest/nest-plan.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { PackedFields, PackedRows } from "../../model/packed.ts";

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** The hash of each row's key; `null` where one is no integer in its usual spelling. */
export function integerHashes(
  { arbiter, table }: TablePlan,
  { shape, slices }: PackedRows,
): Uint32Array | null {
  const key = table.columns.filter(({ name }) => arbiter?.columns.includes(name));
  if (key.length === 0 || !key.every(isInteger)) return null;
  const places = key.map(({ name }) => shape.columns.indexOf(name));
  const hashes = new Uint32Array(slices.reduce((sum, { from, to }) => sum + to - from, 0));
  let at = 0;
  for (const { fields, columns, from, to } of slices) {
    const sources = places.map((place) => columns[place]?.field ?? -1);
    if (sources.some((field) => field < 0)) return null;
    for (let record = from; record < to; record += 1) {
      let hash = 0x811c_9dc5;
      for (const field of sources) {
        const place = 2 * (record * fields.shape.fields.length + field);
        const added = addInteger(hash, fields, place);
        if (added === null) return null;
        hash = added;
      }
      hashes[at] = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca6b) >>> 0;
      at += 1;
    }
  }
  return hashes;
}

/** The hash with one more integer; `null` where it is none in its usual spelling. */
function addInteger(hash: number, { bytes, offsets }: PackedFields, place: number): number | null {
  const start = offsets[place] as number;
  const end = offsets[place + 1] as number;
  if (start < 0 || end <= start) return null;
  const first = bytes[start] === MINUS ? start + 1 : start;
  // Neither -0 nor zeros before other digits.
  if (bytes[first] === ZERO && (first > start || end > first + 1)) return null;
  if (first === end) return null;
  let next = hash;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (at >= first && (byte < ZERO || byte > NINE)) return null;
    next = Math.imul(next ^ byte, 0x0100_0193);
  }
  // The parts of a key are kept apart.
  return Math.imul(next ^ 0xff, 0x0100_0193);
}
