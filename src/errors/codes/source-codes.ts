/** Errors of sources: not found, not readable, not what was expected. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const SOURCE_CODES = {
  SOURCE_NOT_FOUND: {
    title: "no file {path}",
    cause: "the file does not exist, or a pattern matched nothing",
    fix: "check the path; use - to read standard input",
    exit: 6,
  },
  SOURCE_IS_DIRECTORY: {
    title: "{path} is a directory",
    cause: "a source is a file, a pattern or -",
    fix: "name the files in it, for example '{path}/*.csv'; or load its files into the tables of their names: upsurge run {path} --to URL",
    exit: 6,
  },
  SOURCE_UNREADABLE: {
    title: "cannot read {path}",
    cause: "{reason}",
    fix: "check the file's permissions and the disk, then run the same command",
    exit: 6,
  },
  SOURCE_KIND: {
    title: "{path} is {kind}",
    cause: "a source is a file of CSV or JSON, plain or compressed with gzip or zstd",
    fix: "{suggestion}",
    exit: 6,
  },
  SOURCE_CORRUPT: {
    title: "{path} is corrupt",
    cause: "{reason}",
    fix: "get the file again; nothing after the last commit was kept",
    exit: 4,
  },
  SOURCE_RECORDS: {
    title: "the records of {path} are not where --records says",
    cause: "{reason}",
    fix: "correct --records",
    exit: 4,
  },
  SOURCE_QUOTE: {
    title: "a quote in {path} is not closed",
    cause: "{reason}",
    fix: "close the quote; or pass --quote '' if quotes mean nothing in this source",
    fixInParts: "close the quote in the source, or double it where it is data",
    exit: 4,
  },
  SOURCE_INCOMPLETE: {
    title: "{path} seems to be cut short",
    cause: "{reason}",
    fix: "get the source again, whole; nothing was kept",
    fixInParts: "get the source again, whole",
    exit: 4,
  },
  SOURCE_ROWS: {
    title: "{what} read, {expected} expected",
    cause: "the source does not hold as many records as --expect-rows says",
    fix: "get the source again, whole, or say how many records it has; nothing was kept",
    fixInParts: "get the source again, whole, or say how many records it has",
    exit: 4,
  },
  SOURCE_CHECKSUM: {
    title: "{path} is not the source that was expected",
    cause: "its SHA-256 is {found}, and --expect-sha256 says {expected}",
    fix: "get the source again, or the hash; nothing was kept",
    fixInParts: "get the source again, or the hash",
    exit: 4,
  },
  SOURCE_CHANGED: {
    title: "{path} is not what the job {job} has loaded",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 4,
  },
  SOURCE_HEADER: {
    title: "the header of {path} cannot be used",
    cause: "{reason}",
    fix: "correct the header, or pass over it and name all fields: --header --columns a,b,…",
    exit: 2,
  },
  SOURCE_ENCODING: {
    title: "unknown encoding {encoding}",
    cause: "no decoder has that name",
    fix: "pass a name such as utf-8, latin1, windows-1252, utf-16le or shift_jis",
    exit: 2,
  },
} as const satisfies Record<string, ErrorTexts>;
