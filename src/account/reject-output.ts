/** One reject file: how it is made or opened again, and written. What goes into it is left to `reject-file.ts`. */
import { systemCodeOf } from "../errors/system-code.ts";
import { indexOf, levelOf } from "../model/nest/nesting.ts";
import { plural } from "../errors/format.ts";
import { messageOf } from "../errors/message-of.ts";
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { openFilesFix } from "../errors/open-files.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Reject } from "../model/reject.ts";
import { endsRecord } from "../model/record.ts";
import type { RecordEnds } from "../model/record.ts";

/** An open file. */
export interface OpenFile {
  /** The name that it has, or is to get. */
  readonly path: string;
  readonly descriptor: number;
  /** What it begins with. */
  readonly preamble: Uint8Array;
  /** Bytes in it. */
  length: number;
  /** The last of those behind the preamble, as many as a line end may have. */
  tail: Uint8Array;
}

/** The bytes of a line end in the widest encoding. */
const WIDEST_END = 4;

const NOTHING = new Uint8Array();

const { O_CREAT, O_EXCL, O_RDWR, O_NOFOLLOW, O_APPEND, O_NONBLOCK } = constants;
const FLAGS = O_RDWR | O_APPEND | (O_NOFOLLOW ?? 0);

/** How a file is made. */
export interface FileCreation {
  /** One that is there was made by an earlier run of the job, and counts for nothing. */
  readonly isOurs: boolean;
  /** The name that it has until it gets its own. */
  readonly as?: string;
}

/** Makes a file that begins with `preamble`; leaves none where that fails. Throws `REJECT_FILE`. */
export function makeFile(
  path: string,
  preamble: Uint8Array,
  { isOurs, as = path }: FileCreation,
): OpenFile {
  const file = {
    path,
    descriptor: newDescriptor(path, as, isOurs),
    preamble,
    length: 0,
    tail: NOTHING,
  };
  try {
    put(file, preamble);
  } catch (error) {
    // Nobody else knows of it, and the next run would take it for somebody else's.
    closeSync(file.descriptor);
    unlinkSync(as);
    throw error;
  }
  file.tail = NOTHING;
  return file;
}

/** Throws `REJECT_FILE`. */
function newDescriptor(path: string, as: string, isOurs: boolean): number {
  try {
    return openNew(as, isOurs);
  } catch (error) {
    throw fileError(path, error);
  }
}

function openNew(path: string, isOurs: boolean): number {
  try {
    return openSync(path, FLAGS | O_CREAT | O_EXCL, 0o600);
  } catch (error) {
    if (!isOurs || systemCodeOf(error) !== "EEXIST") throw error;
    const descriptor = openRegular(path);
    ftruncateSync(descriptor, 0);
    return descriptor;
  }
}

function openRegular(path: string): number {
  // Opening a FIFO would wait for its other end.
  const descriptor = openSync(path, FLAGS | (O_NONBLOCK ?? 0));
  const found = fstatSync(descriptor);
  if (found.isFile() && found.nlink === 1) return descriptor;
  closeSync(descriptor);
  throw new Error(
    found.isFile()
      ? "it has another name as well (a hard link), and what is written here would be written there too"
      : "it is not a regular file",
  );
}

const PUT_BACK =
  "put the file back as the job has left it; or remove what is left of the job's reject files and start over with --reset-job";

/** Opens a file of a job again, and cuts off what was written after its last commit. */
export function reopenFile(
  path: string,
  { bytes, preamble }: { readonly bytes: number; readonly preamble: number },
): OpenFile {
  try {
    const descriptor = openRegular(path);
    const { size } = fstatSync(descriptor);
    if (size < bytes) {
      closeSync(descriptor);
      throw new Error(
        `it has ${plural(size, "byte")}, and the job has written ${bytes}: rejects are missing`,
      );
    }
    ftruncateSync(descriptor, bytes);
    const head = readAt(descriptor, 0, preamble);
    const last = Math.min(WIDEST_END, Math.max(0, bytes - preamble));
    const tail = readAt(descriptor, bytes - last, last);
    return { path, descriptor, preamble: head, length: bytes, tail };
  } catch (error) {
    throw fileError(path, error, PUT_BACK);
  }
}

function readAt(descriptor: number, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, from));
}

/** Writes at the end of a file. Throws `REJECT_FILE`. */
export function put(file: OpenFile, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) {
      const written = writeSync(file.descriptor, bytes, at);
      at += written;
      file.length += written;
    }
  } catch (error) {
    throw fileError(file.path, error);
  }
  file.tail = lastOf(file.tail, bytes);
}

/** A copy: a record may be large, and is not kept for its end. */
function lastOf(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  const end = bytes.subarray(-WIDEST_END);
  return end.length < WIDEST_END
    ? Buffer.concat([before, end]).subarray(-WIDEST_END)
    : Uint8Array.from(end);
}

/** Adds a record; one that ended its source without a line end gets one only when another follows. */
export function append(file: OpenFile, raw: Uint8Array, ends: RecordEnds): void {
  if (isOpenEnded(file.tail, ends)) put(file, ends[0]);
  put(file, raw);
}

/** Whether another record may not follow these bytes as they are. */
export function isOpenEnded(bytes: Uint8Array, ends: RecordEnds): boolean {
  return bytes.length > 0 && !endsRecord(bytes, ends);
}

/** Which of the files of a shard has a reject, and how many bytes of it: for whoever merges the files. */
export interface KeptIn {
  readonly file: number;
  readonly bytes: number;
  /** The line end that it lacks, in hexadecimal, and gets when another follows; absent: it has one. */
  readonly lacks?: string;
}

/** A reject as its line in the report tells of it; `kept` only until the files of shards are merged. */
export function reportLine(reject: Reject, kept?: KeptIn): object {
  const { position, stage, column, code, dbCode, constraint, message, place } = reject;
  const { source, record, line, byte } = position;
  const within =
    place === undefined ? {} : { level: levelOf(place).join("."), index: indexOf(place) };
  const where = { source, record, line, byte, stage, ...within };
  const told = { ...where, column, code, dbCode, constraint, message };
  return kept === undefined ? told : { ...told, kept };
}

const MAKE_ROOM =
  "make room for it, or choose another place with --reject-file, then run the same command";

/** By what the system says: no space, no quota, a limit of the shell's, and a name that is too long. */
const SYSTEM_FIXES: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", MAKE_ROOM],
  ["EDQUOT", MAKE_ROOM],
  ["EFBIG", MAKE_ROOM],
  [
    "ENAMETOOLONG",
    "choose a shorter name with --reject-file: files beside it are called after it, as NAME.jsonl.part is",
  ],
]);

/** A failure to make, open or write `path`. */
export function fileError(path: string, cause: unknown, fix?: string): Error {
  const code = systemCodeOf(cause);
  const reason =
    code === "EEXIST"
      ? "the file exists, and reject files are never overwritten"
      : messageOf(cause);
  const known = fix ?? SYSTEM_FIXES.get(code) ?? folderFix(path, code) ?? openFilesFix(cause);
  return upsurgeError("REJECT_FILE", { path, reason }, { cause, fix: known });
}

/** What helps where the folder is not there, or is none. */
function folderFix(path: string, code: string): string | undefined {
  if (code !== "ENOENT" && code !== "ENOTDIR") return undefined;
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() === true) return undefined;
  return `create the folder ${dirname(path)}, or choose another place with --reject-file, then run the same command`;
}
