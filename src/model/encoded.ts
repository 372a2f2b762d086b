/**
 * Records in the form in which a target stores them, made ahead by the thread that finds their fields. The target says how, once
 * it has seen how the fields of a source fill its columns; what it gets then is the same that it would make itself.
 */
import type { PackedFields } from "./packed.ts";

/** How to encode: all of it can be sent to another thread. */
export interface AheadEncoding {
  /** The address of a module that has an `encoderOf`, for the thread to import. */
  readonly module: string;
  /** What `encoderOf` is called with. */
  readonly data: unknown;
}

/** The module of an `AheadEncoding`. */
export interface EncoderModule {
  readonly encoderOf: (data: unknown) => AheadEncoder;
}

/**
 * Encodes the first `most` records of a chunk; those after them have no bytes, but a hash where hashes are asked for. `null` where
 * they have not the fields that it is for.
 */
export type AheadEncoder = (fields: PackedFields, most: number) => EncodedBytes | null;

/** Encoded records: in their order, or those of each writer in theirs. */
export interface EncodedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each record begins, and where it ends. A record without bytes was not encoded. */
  readonly starts: Int32Array<ArrayBuffer>;
  readonly ends: Int32Array<ArrayBuffer>;
  /** The hash of each record's key; `null` where none was asked for, or a key has another spelling than the usual one. */
  readonly hashes: Uint32Array<ArrayBuffer> | null;
}

/** The same, with what it was made by and of. */
export interface EncodedRecords extends EncodedBytes {
  readonly by: AheadEncoding;
  /** The `offsets` of the fields that were encoded: fields with others are not those. */
  readonly of: Int32Array;
}

/** Who finds the fields of a source's records ahead. */
export interface AheadReader {
  /** Has the records of later chunks encoded, in this way and no other; `null`: in none. */
  readonly encode: (encoding: AheadEncoding | null) => void;
}
