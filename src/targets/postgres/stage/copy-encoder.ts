/**
 * Encodes records for a binary COPY in the thread that finds their fields, and hashes their keys. A record with a field that is not
 * canonical is left to the writer. Where rows are shared out among writers, those of each follow one another.
 */
import type { AheadEncoder, AheadEncoding, EncodedBytes } from "../../../model/encoded.ts";
import { moduleBeside } from "../../../model/module-beside.ts";
import type { PackedFields } from "../../../model/packed.ts";
import { partitionOf } from "../../../model/partition.ts";
import type { Column } from "../../../model/table-shape.ts";
import { hasFields } from "../../encoded-ahead.ts";
import type { FieldUse } from "../../encoded-ahead.ts";
import { BinaryRecords } from "./binary-records.ts";
import { encodersOf } from "./binary-types.ts";
import type { Encoder } from "./binary-types.ts";
import { CopyBuffer } from "./copy-buffer.ts";
import { KeyHasher } from "./key-hash.ts";
import type { KeyField } from "./key-hash.ts";

/** How the fields of a source become the values of rows. */
export interface CopyEncoding extends FieldUse {
  /** By column. */
  readonly types: readonly Pick<Column, "type">[];
  /** Room is left for the `ord` of each row. */
  readonly numbered: boolean;
  /** The key that is hashed; `null`: none is. */
  readonly hashedKey: readonly KeyField[] | null;
}

/** The encoding by this module. */
export function copyEncoding(data: CopyEncoding): AheadEncoding {
  return { module: moduleBeside(import.meta.url, "copy-encoder").href, data };
}

/** What the thread calls with a `CopyEncoding`. */
export function encoderOf(data: unknown): AheadEncoder {
  const encoding = data as CopyEncoding;
  const { types, sharedOut, hashedKey } = encoding;
  const encoders = encodersOf(types);
  if (encoders === null) return () => null;
  const groups = hashedKey === null ? 1 : (sharedOut?.writers ?? 1);
  const into = Array.from({ length: groups }, () => new CopyBuffer(0));
  return (fields, most) =>
    hasFields(fields, encoding)
      ? new ChunkEncoder(fields, encoding, encoders).encode(into, most)
      : null;
}

/** Encodes the records of one chunk. */
class ChunkEncoder {
  readonly #rows: BinaryRecords;
  readonly #hasher: KeyHasher | null;
  readonly #ord: number | null;
  readonly #starts: Int32Array<ArrayBuffer>;
  readonly #ends: Int32Array<ArrayBuffer>;
  readonly #hashes: Uint32Array<ArrayBuffer>;
  /** Whose records they are: those of each writer follow one another. */
  readonly #groupOf: Uint8Array;
  #allHashed: boolean;

  constructor(
    fields: PackedFields,
    { columns, numbered, hashedKey }: CopyEncoding,
    encoders: readonly Encoder[],
  ) {
    const { records } = fields;
    this.#rows = new BinaryRecords({ fields, from: 0, to: records, columns }, encoders);
    this.#hasher = hashedKey === null ? null : new KeyHasher(fields, hashedKey);
    this.#allHashed = hashedKey !== null;
    this.#ord = numbered ? 0 : null;
    this.#starts = new Int32Array(records);
    this.#ends = new Int32Array(records);
    this.#hashes = new Uint32Array(hashedKey === null ? 0 : records);
    this.#groupOf = new Uint8Array(records);
  }

  encode(into: readonly CopyBuffer[], most: number): EncodedBytes {
    for (const each of into) each.length = 0;
    for (let record = 0; record < this.#starts.length; record += 1) {
      const group = this.#groupFor(record, into.length);
      const buffer = into[group] as CopyBuffer;
      const { length: start } = buffer;
      if (record >= most || !this.#rows.write(buffer, record, this.#ord)) buffer.length = start;
      this.#starts[record] = start;
      this.#ends[record] = buffer.length;
    }
    return {
      bytes: this.#joined(into),
      starts: this.#starts,
      ends: this.#ends,
      hashes: this.#allHashed ? this.#hashes : null,
    };
  }

  /** Hashes the key of a record; tells the writer that it goes to. */
  #groupFor(record: number, groups: number): number {
    const hash = this.#hasher?.of(record) ?? -1;
    if (hash < 0) {
      this.#allHashed = false;
      return 0;
    }
    this.#hashes[record] = hash;
    if (groups === 1) return 0;
    const group = partitionOf(hash, groups);
    this.#groupOf[record] = group;
    return group;
  }

  /** The records of all writers, those of one after those of the other. */
  #joined(into: readonly CopyBuffer[]): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(into.reduce((sum, { length }) => sum + length, 0));
    const firsts = new Int32Array(into.length);
    let at = 0;
    for (const [group, { written }] of into.entries()) {
      firsts[group] = at;
      bytes.set(written, at);
      at += written.length;
    }
    for (let record = 0; into.length > 1 && record < this.#starts.length; record += 1) {
      const first = firsts[this.#groupOf[record] as number] as number;
      (this.#starts[record] as number) += first;
      (this.#ends[record] as number) += first;
    }
    return bytes;
  }
}
