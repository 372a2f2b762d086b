/**
 * What the rest of the loader sees of a source: what it is, and its records in order.
 * `open-source.ts` makes them; each format is one folder.
 */
import type { HeaderField, HeaderUse } from "../model/header.ts";
import type { SourceOffset } from "../model/source-offset.ts";
import type { RecordChunk } from "../model/record.ts";
import type { NestMember } from "../model/nest/nesting.ts";
import type { SkipResult } from "./text/skip-to.ts";
import type { PrefixHash } from "./bytes/prefix-hash.ts";
import type { SourceFormat } from "./formats.ts";
import type { Position } from "../model/record.ts";

/** A text that is NULL in one field. */
export interface NullToken {
  readonly field: string;
  readonly token: string;
}

/** How bytes become records; the dialect flags, already validated. */
export interface ReadOptions {
  /** `null`: by extension, else by the first bytes. */
  readonly format: SourceFormat | null;
  /** One character; `null`: `,` for CSV and a tab for TSV. */
  readonly delimiter: string | null;
  /** `null` turns quoting off. */
  readonly quote: string | null;
  /** `null`: the same as `quote`. */
  readonly escape: string | null;
  /** Lines that begin with it are passed over; `null`: none. */
  readonly comment: string | null;
  /** Whether the first line is a header; `null`: it is, and where `columns` are given it must repeat them. */
  readonly header: boolean | null;
  /** Field names that take the header's place, or stand in for a missing one; `null`: from the header. */
  readonly columns: readonly string[] | null;
  /** Physical lines passed over before the header. */
  readonly skipLines: number;
  /** Stop after this many records; `null`: no limit. */
  readonly limit: number | null;
  readonly encoding: string;
  /** Unquoted CSV fields equal to one of these are NULL. */
  readonly nullTokens: readonly string[];
  /** `auto`: an unquoted empty CSV field is NULL, a quoted one (and an empty JSON string) is an empty string. */
  readonly empty: "auto" | "null" | "string";
  /** Fields that take an empty value as an empty string whatever `empty` says. */
  readonly keepEmpty: readonly string[];
  /** Texts that are NULL in one field, as `nullTokens` are in all; absent or `null`: none. */
  readonly nullIn?: readonly NullToken[] | null;
  /** Quoted CSV fields equal to a token are NULL too. */
  readonly nullQuoted?: boolean;
  /** Fields of which an empty value counts as absent; absent or `null`: none. */
  readonly defaultOnEmpty?: readonly string[] | null;
  /** Of JSON documents: the way to the array that holds the records; absent or `null`: the document is the array. */
  readonly records?: { readonly parts: readonly string[] } | null;
  /** Names with a dot that flags give, which may be ways into the objects of JSON records; absent: none. */
  readonly paths?: readonly string[];
  /** The members of JSON records that hold records; absent: none do. */
  readonly nests?: readonly NestMember[];
  readonly trim: boolean;
  /** A CSV record with fewer fields than the header: a reject (`error`), or the fields are absent (`default`) or NULL (`null`). */
  readonly missingFields: "default" | "null" | "error" | null;
  /** A CSV record with more fields than the header: a reject (`error`), or they are dropped. */
  readonly extraFields: "error" | "ignore";
  readonly maxRecordBytes: number;
  /** A quoted CSV record over more lines ends the reading; by default there is no such limit. */
  readonly maxRecordLines?: number;
  /** The SHA-256 that the stored bytes must have, in hexadecimal. */
  readonly expectSha256?: string | null;
  /** A last record without its line end is still being written: it is left for a later run. */
  readonly followAppend?: boolean;
  /** Rows that no record has are taken away: the source must be whole, and stay as it is while it is read. */
  readonly deleteMissing?: boolean;
  /** How many records there are, in all sources. */
  readonly expectRows?: number | null;
  /** The last line must have a line end; an empty source, and a JSON array, need none. */
  readonly requireFinalNewline?: boolean;
}

/** An open source. Its chunks can be read once; `close` may be called at any time and more than once. */
export interface Source {
  /** The path as given, `-` for standard input. */
  readonly name: string;
  readonly format: SourceFormat;
  readonly compression: "gzip" | "zstd" | null;
  /** The fields of a CSV header (or `--columns`), each by its name or else its number; `null` for JSON. */
  readonly fields: readonly string[] | null;
  /** What the first line of a CSV source was taken for; `null` for JSON. */
  readonly header: HeaderUse | null;
  /** The fields of a CSV source at their places; `null` for JSON. */
  readonly headerFields: readonly HeaderField[] | null;
  /** Why all of its records are read on the slow path, as a clause; `null` when ordinary ones go the fast path. */
  readonly slowPathReason: string | null;
  /** The bytes before the first record (skipped lines and header) as they were; what a reject file begins with. */
  readonly preamble: Uint8Array;
  /** Bytes of the file as stored; `null` for a stream. */
  readonly sizeBytes: number | null;
  /** Stored bytes read so far, for progress. */
  readonly bytesRead: number;
  /** All of its records were handed out, and it is as whole as was asked for. */
  readonly ended: boolean;
  /** Can be opened again from its beginning. */
  readonly rereadable: boolean;
  /** The hash of what was read, where it was asked for. */
  readonly prefix: PrefixHash | null;
  /** The SHA-256 of the stored bytes, in hexadecimal, where it was asked for and all of them were read. */
  readonly storedSha256: string | null;
  /** A text in the encoding of the source. */
  encode(text: string): Uint8Array;
  /** Records in file order, a run at a time. Throws `SOURCE_*` errors. */
  chunks(): AsyncIterable<RecordChunk>;
  /** Where reading goes on after a record that is there. */
  offsetAfter(position: Position): SourceOffset;
  /** Goes on at a place after those that were handed out; to be called before the next chunk is asked for. */
  skipTo(place: SourceOffset): Promise<SkipResult>;
  close(): Promise<void>;
}
