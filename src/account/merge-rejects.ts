/**
 * The rejects of all shards as the reject files and the report of one load, in the order of the sources. The files of the
 * shards stay until the job is closed; a merge that was cut short is done again, and comes to the same bytes.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, sep } from "node:path";
import type { RejectOffsets } from "../model/checkpoint.ts";
import { nameFile } from "./name-file.ts";
import { fileError } from "./reject-output.ts";
import type { KeptIn } from "./reject-output.ts";

/** What is merged. */
export interface MergeRequest {
  /** Of the shards that have rejects. */
  readonly shards: readonly RejectOffsets[];
  /** The sources in their order, absolute. */
  readonly sources: readonly string[];
  /** The path of the merged file. */
  readonly to: string;
}

/** A reject of a shard. */
interface MergedReject {
  readonly source: number;
  readonly record: number;
  readonly line: string;
  readonly raw: Uint8Array;
  /** The line end that it lacks; absent: it has one. */
  readonly lacks: Uint8Array | null;
  /** What the file begins with that has it. */
  readonly preamble: Uint8Array;
}

/** A file of a shard, as far as it was taken. */
interface ShardFile {
  readonly preamble: Uint8Array;
  readonly bytes: Uint8Array;
  at: number;
}

/** Writes the merged files; `null` where the files of the shards have to stay apart, with the reason. Throws `REJECT_FILE`. */
export function mergeRejects({
  shards,
  sources,
  to,
}: MergeRequest): { readonly rejects: RejectOffsets } | { readonly reason: string } {
  const all: MergedReject[] = [];
  const preambles: Uint8Array[] = [];
  for (const shard of shards) {
    const missing = pathsOf(shard).find((path) => !existsSync(path));
    if (missing !== undefined) return { reason: `${missing} is not on this machine` };
    const files = filesOf(shard);
    const found = rejectsOf(shard, files, sources);
    if (found === null) return { reason: `${shard.path} is not as the shard has left it` };
    for (const { preamble } of files)
      if (!preambles.some((each) => areEqual(each, preamble))) preambles.push(preamble);
    all.push(...found);
  }
  all.sort((a, b) => a.source - b.source || a.record - b.record);
  const bodies = preambles.map((preamble) => bodyOf(preamble, all));
  const report = Buffer.from(all.map(({ line }) => `${line}\n`).join(""));
  const whole = [
    ...bodies.map((body, at) => [nameOf(to, at), body] as const),
    [`${to}.jsonl`, report] as const,
  ];
  for (const [path, bytes] of whole) refuseOther(path, bytes);
  for (const [path, bytes] of whole) place(path, bytes);
  const files = bodies.map((body, at) => ({
    bytes: body.length,
    preamble: preambles[at]?.length ?? 0,
  }));
  return { rejects: { path: to, files, report: report.length } };
}

/** Removes the files of the shards, whose rejects are in the merged ones. */
export function removeMerged(shards: readonly RejectOffsets[]): void {
  for (const path of shards.flatMap(pathsOf)) rmSync(path, { force: true });
}

/** The files of rejects, and the report. */
function pathsOf({ path, files }: RejectOffsets): string[] {
  return [...files.map((_, at) => nameOf(path, at)), `${path}.jsonl`];
}

/** The name of a file for sources with another header. */
function nameOf(path: string, at: number): string {
  return at === 0 ? path : `${path}.${at + 1}`;
}

function filesOf({ path, files }: RejectOffsets): ShardFile[] {
  return files.map(({ bytes: length, preamble }, at) => {
    const bytes = readFileSync(nameOf(path, at)).subarray(0, length);
    return { preamble: bytes.subarray(0, preamble), bytes, at: preamble };
  });
}

/** `null` where the files do not hold what the report tells of. */
function rejectsOf(
  { path, report }: RejectOffsets,
  files: readonly ShardFile[],
  sources: readonly string[],
): MergedReject[] | null {
  const lines = readFileSync(`${path}.jsonl`).subarray(0, report).toString().split("\n");
  const rejects: MergedReject[] = [];
  for (const line of lines.filter((each) => each !== "")) {
    const { kept, ...told } = JSON.parse(line) as {
      readonly source: string;
      readonly record: number;
      readonly kept?: KeptIn;
    };
    const file = files[kept?.file ?? -1];
    if (kept === undefined || file === undefined) return null;
    const raw = file.bytes.subarray(file.at, file.at + kept.bytes);
    file.at += raw.length;
    const lacks = kept.lacks === undefined ? null : Buffer.from(kept.lacks, "hex");
    // It got one when another record followed.
    if (lacks !== null && file.at < file.bytes.length) file.at += lacks.length;
    const { source: name, record } = told;
    const source = sourceAt(name, sources);
    rejects.push({
      source,
      record,
      line: JSON.stringify(told),
      raw,
      lacks,
      preamble: file.preamble,
    });
  }
  return files.every(({ at, bytes }) => at === bytes.length) ? rejects : null;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** The rejects of sources that begin so. */
function bodyOf(preamble: Uint8Array, all: readonly MergedReject[]): Buffer {
  const own = all.filter((each) => areEqual(each.preamble, preamble));
  const raws = own.flatMap(({ raw, lacks }, at) =>
    at < own.length - 1 && lacks !== null ? [raw, lacks] : [raw],
  );
  return Buffer.concat([preamble, ...raws]);
}

/** The place of a source, as its shard has called it, among those of the job. */
function sourceAt(name: string, sources: readonly string[]): number {
  const tail = name.replace(/^\.[/\\]/, "");
  const same = sources.findIndex((path) => path === name || path.endsWith(`${sep}${tail}`));
  return same >= 0 ? same : sources.findIndex((path) => basename(path) === basename(name));
}

/** A file with the same bytes was written by a merge before; any other is somebody else's. Throws `REJECT_FILE`. */
function refuseOther(path: string, bytes: Uint8Array): void {
  if (!existsSync(path) || areEqual(readFileSync(path), bytes)) return;
  throw fileError(path, Object.assign(new Error("the file exists"), { code: "EEXIST" }), MOVE);
}

const MOVE = "move the file away, and run the same command";

/** Writes a file that is not there, whole or not at all. */
function place(path: string, bytes: Uint8Array): void {
  if (existsSync(path)) return;
  const part = `${path}.part-${process.pid}`;
  try {
    writeFileSync(part, bytes, { mode: 0o600, flag: "wx", flush: true });
    nameFile(part, path);
  } catch (cause) {
    throw fileError(path, cause);
  } finally {
    rmSync(part, { force: true });
  }
}
