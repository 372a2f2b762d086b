/** Reads the same bytes by both paths, and tells what each of them made of them. */
import { Readable } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import { fieldBytes, KIND_BITS } from "../../../src/model/packed.ts";
import type { NestedValue } from "../../../src/model/nest/nesting.ts";
import type { PackedNest } from "../../../src/model/nest/packed-nest.ts";
import type { PackedFields } from "../../../src/model/packed.ts";
import type { FieldKind, Position, RecordChunk, SourceRecord } from "../../../src/model/record.ts";
import type { Reject } from "../../../src/model/reject.ts";
import { openSource } from "../../../src/sources/open-source.ts";
import type { OpenSourceIo } from "../../../src/sources/open-source.ts";
import type { ReadOptions } from "../../../src/read/source.ts";

/** What is read, and how it arrives. */
export interface PathInput {
  readonly bytes: Buffer;
  readonly options: ReadOptions;
  readonly blocks: Pick<OpenSourceIo, "blockBytes" | "firstBytes">;
}

/** The values of a packed record by its bytes alone, and the kinds they may have. */
export interface PackedRecord {
  readonly fields: readonly string[];
  readonly values: readonly (Buffer | null)[];
  readonly kinds: readonly number[] | null;
  /** What is in the members that hold records, beside them: of one that is absent or null, that. */
  readonly nested: readonly PackedMember[];
}

type PackedMember =
  | "absent"
  | "null"
  | { readonly holds: string; readonly records: PackedRecord[] };

/** All that a path made of a source. */
export interface PathRead {
  readonly chunks: readonly RecordChunk[];
  readonly error: string | null;
}

/** Reads to the end, or to the error that ends it. */
export async function readPath(input: PathInput, careful: boolean): Promise<PathRead> {
  const chunks: RecordChunk[] = [];
  const stdin = Readable.from([input.bytes]);
  try {
    const source = await openSource("-", input.options, {
      ...input.blocks,
      slowPath: careful,
      stdin,
    });
    for await (const chunk of source.chunks()) chunks.push(chunk);
    return { chunks, error: null };
  } catch (error) {
    return { chunks, error: String(error) };
  }
}

/** The records of the packed fields, as a target reads them. */
export function unpacked(packed: PackedFields): PackedRecord[] {
  const { shape, kinds, records } = packed;
  const width = shape.fields.length;
  return Array.from({ length: records }, (_, record) => ({
    fields: shape.fields,
    values: shape.fields.map((_, field) => fieldBytes(packed, record * width + field)),
    kinds: kinds === null ? null : [...kinds],
    nested: (packed.nested ?? []).map((nest) => memberOf(nest, record)),
  }));
}

/** The packed records of a chunk, of whatever fields. */
function packedRecords({ packed, mixed }: RecordChunk): PackedRecord[] {
  if (packed !== null) return unpacked(packed);
  const groups = (mixed?.groups ?? []).map((fields) => unpacked(fields)[Symbol.iterator]());
  const records = [...(mixed?.groupOf ?? [])].flatMap((group) => groups[group]?.next().value ?? []);
  const left = groups.flatMap((group) => [...group]);
  if (records.length !== (mixed?.records ?? 0) || left.length > 0)
    throw new Error("a mixed chunk is not of its size");
  return records;
}

function memberOf(nest: PackedNest | null, record: number): PackedMember {
  if (nest === null) return "absent";
  const [from = -1, to = -1] = nest.spans.subarray(2 * record, 2 * record + 2);
  if (from < 0) return "null";
  return { holds: nest.holds ?? "", records: unpacked(nest.fields).slice(from, to) };
}

/** Records that both paths have read, of which some were packed. */
export interface Compared {
  readonly records: number;
  readonly packed: number;
}

/** Holds the paths equal; throws an error that shows where they differ. */
export async function comparePaths(input: PathInput): Promise<Compared> {
  const careful = await readPath(input, true);
  const fast = await readPath(input, false);
  const expected = careful.chunks.flatMap(({ records }) => records);
  let at = 0;
  let packed = 0;
  // First by the bytes alone: asking for the records would read them on the slow path.
  for (const chunk of fast.chunks) {
    for (const record of packedRecords(chunk)) {
      samePacked(input, record, expected[at]);
      at += 1;
      packed += 1;
    }
    if (chunk.packed === null && chunk.mixed === undefined) at += chunk.records.length;
  }
  const records = fast.chunks.flatMap((chunk) => chunk.records);
  hold(input, "records", records.map(shown), expected.map(shown));
  hold(input, "rejects", rejectsOf(fast), rejectsOf(careful));
  hold(input, "blanks", blanksOf(fast), blanksOf(careful));
  hold(input, "error", fast.error, careful.error);
  return { records: expected.length, packed };
}

function rejectsOf({ chunks }: PathRead): Reject[] {
  return chunks.flatMap(({ rejects }) => rejects);
}

function blanksOf({ chunks }: PathRead): Position[] {
  return chunks.flatMap(({ blanks = [] }) => blanks);
}

function shown({ shape, values, kinds, position, raw, nested }: SourceRecord): unknown {
  return { fields: shape.fields, values, kinds, position, raw: Buffer.from(raw), nested };
}

function samePacked(input: PathInput, found: PackedRecord, expected: SourceRecord | undefined) {
  hold(input, "names of a packed record", found.fields, expected?.shape.fields);
  const values = expected?.values.map((value) => (value === null ? null : Buffer.from(value)));
  hold(input, "bytes of a packed record", found.values, values);
  const kinds = expected?.kinds ?? null;
  hold(input, "whether there are kinds", found.kinds !== null, kinds !== null);
  found.kinds?.forEach((bits, field) => {
    const kind: FieldKind = kinds?.[field] ?? "text";
    const isKnown = found.values[field] === null || (bits & KIND_BITS[kind]) !== 0;
    hold(input, `kind of ${found.fields[field] ?? ""}`, isKnown, true);
  });
  hold(input, "members that hold records", found.nested.length, expected?.nested?.length ?? 0);
  for (const [at, member] of found.nested.entries())
    sameMember(input, member, expected?.nested?.[at]);
}

function sameMember(input: PathInput, found: PackedMember, expected: NestedValue | undefined) {
  const kind = typeof found === "string" ? found : found.holds;
  hold(input, "what a member holds", kind, expected?.kind);
  if (typeof found === "string" || expected === undefined) return;
  const records = recordsIn(expected);
  hold(input, "records in a member", found.records.length, records.length);
  for (const [at, record] of found.records.entries()) samePacked(input, record, records[at]);
}

function recordsIn(value: NestedValue): SourceRecord[] {
  if (value.kind === "object") return [value.record];
  if (value.kind !== "array") return [];
  return value.elements.flatMap((each) => (each.kind === "record" ? [each.record] : []));
}

/** Throws unless `found` equals `expected`, with the input that shows it. */
export function hold(input: PathInput, what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  const { bytes, options, blocks } = input;
  const facts = { found, expected, options, blocks, text: bytes.toString("latin1") };
  throw new Error(`the paths differ: ${what}\n${JSON.stringify(facts, plainly, 1)}`);
}

/** Bytes are shown as text. */
function plainly(_key: string, value: unknown): unknown {
  const isBuffer = typeof value === "object" && value !== null && "type" in value;
  return isBuffer && value.type === "Buffer" && "data" in value && Array.isArray(value.data)
    ? Buffer.from(value.data as number[]).toString("latin1")
    : value;
}
