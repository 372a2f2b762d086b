/** The records of a chunk as they were, each with its place among the others and the values of its key. */
import type { PackedFields } from "../../model/packed.ts";
import { fieldBytes } from "../../model/packed.ts";
import type { RecordChunk, SourceRecord } from "../../model/record.ts";

/** Where a value of a key is: a text, `null` for NULL, or some bytes of digits. */
export type KeyValue = string | null | Uint8Array;

/** One record. */
export interface RawRecord {
  readonly record: number;
  readonly line: number | null;
  /** Its bytes; `null` where it was too large to keep. */
  readonly raw: Uint8Array | null;
  /** The values of the key; `null` where the record cannot be read, or has no value at all. */
  readonly key: readonly KeyValue[] | null;
}

/** The records of a chunk in their order, those that cannot be read and blank ones included. */
export function* rawRecords(chunk: RecordChunk, key: readonly string[]): Generator<RawRecord> {
  const { packed, whole } = chunk;
  if (packed !== null && whole !== undefined) {
    yield* packedRecords(packed, whole(), key);
    return;
  }
  const others: RawRecord[] = [
    ...chunk.rejects.map(({ position: { record, line }, raw }) => ({
      record,
      line: line[0],
      raw,
      key: null,
    })),
    ...(chunk.blanks ?? []).map(({ record, line, raw }) => ({
      record,
      line: line[0],
      raw,
      key: null,
    })),
  ].toSorted((a, b) => a.record - b.record);
  let at = 0;
  for (const record of chunk.records) {
    const next = record.position.record;
    for (; at < others.length && (others[at]?.record ?? next) < next; at += 1)
      yield others[at] as RawRecord;
    yield readRecord(record, key);
  }
  yield* others.slice(at);
}

function readRecord(
  { shape, values, position, raw }: SourceRecord,
  key: readonly string[],
): RawRecord {
  const places = key.map((name) => shape.fields.indexOf(name));
  const own = places.map((place) => values[place] ?? null);
  return { record: position.record, line: position.line[0], raw, key: own };
}

function* packedRecords(
  fields: PackedFields,
  { firstRecord, raws }: { readonly firstRecord: number; readonly raws: readonly Uint8Array[] },
  key: readonly string[],
): Generator<RawRecord> {
  const names = fields.shape.fields;
  const places = key.map((name) => names.indexOf(name));
  for (const [at, raw] of raws.entries()) {
    const first = at * names.length;
    const own = places.map((place) => (place < 0 ? null : packedValue(fields, first + place)));
    yield { record: firstRecord + at, line: null, raw, key: own };
  }
}

/** Digits stay bytes: most keys are numbers, and no text is made of them. */
function packedValue(fields: PackedFields, place: number): KeyValue {
  const bytes = fieldBytes(fields, place);
  if (bytes === null) return null;
  return bytes.every(isDigit) && bytes.length > 0 && bytes.length <= 15
    ? bytes
    : bytes.toString("utf8");
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
