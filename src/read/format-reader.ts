/**
 * What `open-source.ts` gives to the reader of a format, and what it gets back.
 */
import type { HeaderField, HeaderUse } from "../model/header.ts";
import type { SourceOffset } from "../model/source-offset.ts";
import type { RecordChunk } from "../model/record.ts";
import type { Block, BlockFeed } from "./bytes/blocks.ts";
import type { Charset } from "./text/charset.ts";
import type { SkipResult } from "./text/skip-to.ts";
import type { UnfinishedRecord } from "./text/record-stream.ts";

/** A decoded stream whose first block was looked at. */
export interface ReaderInput {
  readonly name: string;
  readonly charset: Charset;
  readonly feed: BlockFeed;
  readonly first: Block;
  /** Where the first block begins in the stream: after a UTF-8 byte order mark. */
  readonly base: number;
  /** The byte order mark, in the source's encoding. */
  readonly mark: Buffer;
  /** Only the slow path is to be used: for comparing it with the fast one. */
  readonly slowPath: boolean;
  /** Whether a field of this name is of any use; `undefined`: each is. */
  readonly keeps: ((name: string) => boolean) | undefined;
  /** Bytes of the source as it is stored; `null` for a stream. */
  readonly sizeBytes: number | null;
  /** Bytes after which the source is read ahead in a thread; `undefined`: as is good for loads. */
  readonly aheadFrom: number | undefined;
}

/** How a source has ended. */
export interface SourceEnding {
  /** Records that were read, rejects included. */
  readonly records: number;
  /** `null` where there is none, or the end was not reached. */
  readonly unfinished: UnfinishedRecord | null;
  /** Lines after the header, or of a source without one, that hold no record. */
  readonly passedLines: number;
  /** The last record that was read is the last of the source; absent: not known. */
  readonly atEnd?: boolean;
  /** Records have stood one after the other where they may stand in an array, which tells its own end; absent: no. */
  readonly isOpenEnded?: boolean;
  /** Records with values beyond the header, which `--extra-fields ignore` dropped; absent: there are none. */
  readonly surplus?: SurplusFields;
  /** Records of a CSV as where files were joined, by what they are; absent: there are none. */
  readonly joints?: ReadonlyMap<"header" | "mark", JointRecords>;
  /** The line of the first field of a CSV that is `\\N`, where no flag makes NULL of it; absent or `null`: there is none. */
  readonly slashN?: number | null;
  /** The one record of a document has all values of a column in each member, as it seems; absent: no. */
  readonly byColumns?: boolean;
  /** JSON records with a name that is there twice; absent: there are none. */
  readonly repeated?: RepeatedNames;
}

/** Values beyond the header. */
export interface SurplusFields {
  readonly records: number;
  /** Of the first of them. */
  readonly line: number;
}

/** Records that are the header again, or that begin with a byte order mark. */
export interface JointRecords {
  readonly records: number;
  /** Of the first of them. */
  readonly line: number;
}

/** Names that are there twice in one JSON object: the last value counts. */
export interface RepeatedNames {
  readonly records: number;
  /** Of the first of them. */
  readonly line: number;
  readonly name: string;
}

/** The records of one format. */
export interface FormatReader {
  readonly fields: readonly string[] | null;
  readonly header: HeaderUse | null;
  /** The fields of a CSV source at their places; `null` for JSON. */
  readonly headerFields: readonly HeaderField[] | null;
  readonly preamble: Uint8Array;
  /** The byte that ends a record, the last one as well; `null` where records end by themselves. */
  readonly lineEnd: number | null;
  /** Why all of its records are read on the slow path, as a clause; `null` when ordinary ones go the fast path. */
  readonly slowPathReason: string | null;
  chunks(): AsyncGenerator<RecordChunk>;
  /** What there is to tell when the chunks have come to their end. */
  ending(): SourceEnding;
  /** Goes on at a place after those that were handed out; to be called before the next chunk is asked for. */
  skipTo(place: SourceOffset): Promise<SkipResult>;
  /** Lets go of what reading takes besides the stream. */
  close?(): Promise<void>;
}

/** Records of a chunk, at most. */
export const CHUNK_RECORDS = 2000;
