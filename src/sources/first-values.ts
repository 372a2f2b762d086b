/** Some values of each field, of the records at the beginning of a source. */
import { UpsurgeError } from "../errors/upsurge-error.ts";
import { fieldBytes } from "../model/packed.ts";
import type { RecordChunk } from "../model/record.ts";

/** Records that are looked at. */
const LOOKED_AT = 1000;
/** Values that are kept of a field. */
const KEPT = 50;

/** A record as it stands, whether or not it can be read. */
export interface FirstRecord {
  readonly line: number;
  readonly raw: Uint8Array;
}

/** So many of the first records at least, in order; fewer where there are no more that can be read. */
export async function firstRecords(
  chunks: AsyncIterable<RecordChunk>,
  least: number,
): Promise<readonly FirstRecord[]> {
  const found: FirstRecord[] = [];
  try {
    for await (const { records, rejects } of chunks) {
      const all = [...records.slice(0, least), ...rejects.slice(0, least)];
      const whole = all.flatMap(({ position, raw }) =>
        raw === null ? [] : [{ line: position.line[0], raw }],
      );
      found.push(...whole.toSorted((a, b) => a.line - b.line));
      if (found.length >= least) break;
    }
  } catch (error) {
    if (!(error instanceof UpsurgeError)) throw error;
  }
  return found;
}

type Values = Map<string, string[]>;

/** By field; of a source that cannot be read on, of what came before. */
export async function firstValues(
  chunks: AsyncIterable<RecordChunk>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const values = new Map<string, string[]>();
  let left = LOOKED_AT;
  try {
    for await (const chunk of chunks) {
      left -= seeChunk(chunk, values, left);
      if (left <= 0) break;
    }
  } catch (error) {
    if (!(error instanceof UpsurgeError)) throw error;
  }
  return values;
}

/** Sees so many records at most; tells how many there were. */
function seeChunk(chunk: RecordChunk, values: Values, most: number): number {
  const { packed } = chunk;
  if (packed === null) {
    // A packed chunk makes its records as soon as they are named.
    const { records } = chunk;
    for (const { shape, values: all } of records.slice(0, most)) {
      shape.fields.forEach((field, at) => see(values, field, all[at] ?? null));
    }
    return records.length;
  }
  const { fields } = packed.shape;
  for (let record = 0; record < Math.min(most, packed.records); record += 1) {
    fields.forEach((field, at) => {
      const value = fieldBytes(packed, record * fields.length + at);
      see(values, field, value?.toString() ?? null);
    });
  }
  return packed.records;
}

function see(values: Values, field: string, value: string | null): void {
  if (value === null || value.trim() === "") return;
  const known = values.get(field) ?? [];
  values.set(field, known);
  if (known.length < KEPT) known.push(value);
}
