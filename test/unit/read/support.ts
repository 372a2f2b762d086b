/** Reads bytes through the whole reader, for the tests of `src/read/`. */
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import type { SourceRecord } from "../../../src/model/record.ts";
import type { Reject } from "../../../src/model/reject.ts";
import { openSource } from "../../../src/sources/open-source.ts";
import type { OpenSourceIo } from "../../../src/sources/open-source.ts";
import type { ReadOptions, Source } from "../../../src/read/source.ts";
import { OTHERWISE } from "../../helpers/reading-paths/inputs.ts";

export const DEFAULTS: ReadOptions = {
  ...OTHERWISE,
  format: "csv",
  maxRecordBytes: 64 * 1024 * 1024,
};

/** Everything a source gave. */
export interface Read {
  readonly source: Source;
  readonly records: SourceRecord[];
  readonly rejects: Reject[];
  /** The values of the records. */
  readonly rows: (readonly (string | null)[])[];
}

/** All of an open source. */
export async function drain(source: Source): Promise<Read> {
  const records: SourceRecord[] = [];
  const rejects: Reject[] = [];
  for await (const chunk of source.chunks()) {
    records.push(...chunk.records);
    rejects.push(...chunk.rejects);
  }
  return { source, records, rejects, rows: records.map(({ values }) => values) };
}

/** Reads `bytes` as standard input, in the pieces given. */
export async function readPieces(
  pieces: readonly Buffer[],
  options: Partial<ReadOptions> = {},
  io: OpenSourceIo = {},
): Promise<Read> {
  const stdin = Readable.from(pieces);
  return drain(await openSource("-", { ...DEFAULTS, ...options }, { ...io, stdin }));
}

/** Reads text or bytes as standard input. */
export async function read(
  content: string | Uint8Array,
  options: Partial<ReadOptions> = {},
): Promise<Read> {
  return readPieces([Buffer.from(content)], options);
}

let folder: string | null = null;

/** A file with that name and content, in a folder that goes with the process: test files share it, one after the other. */
export async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join((folder ??= makeFolder()), name);
  await writeFile(path, content);
  return path;
}

/** Reads a file. */
export async function readFileSource(
  path: string,
  options: Partial<ReadOptions> = {},
): Promise<Read> {
  return drain(await openSource(path, { ...DEFAULTS, format: null, ...options }));
}

/** The error of a promise that must fail with one of ours. */
export async function errorOf(promise: Promise<unknown>): Promise<UpsurgeError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof UpsurgeError) return error;
    throw error;
  }
  throw new Error("expected an error");
}

function makeFolder(): string {
  const made = mkdtempSync(join(tmpdir(), "upsurge-read-"));
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  return made;
}
