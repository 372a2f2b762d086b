/**
 * The rejects of all shards as one reject file and one report, in the order of the sources. The files of the shards stay
 * until the job is closed; a merge that was cut short is done again, and comes to the same bytes.
 */
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, sep } from "node:path";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { RejectOffsets } from "../model/checkpoint.ts";

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
}

/** Writes the merged files; `null` where the files of the shards have to stay apart, with the reason. Throws `REJECT_FILE`. */
export function mergeRejects(
  request: MergeRequest,
): { readonly rejects: RejectOffsets } | { readonly reason: string } {
  const { shards, sources, to } = request;
  const missing = shards.find(({ path }) => !existsSync(path) || !existsSync(`${path}.jsonl`));
  if (missing !== undefined) return { reason: `${missing.path} is not on this machine` };
  const all: MergedReject[] = [];
  let preamble: Uint8Array = new Uint8Array();
  for (const shard of shards) {
    const [only, ...others] = shard.files;
    if (only === undefined || others.length > 0)
      return { reason: "sources with different headers have reject files of their own" };
    const bytes = readFileSync(shard.path).subarray(0, only.bytes);
    const found = rejectsOf(shard, bytes.subarray(only.preamble), sources);
    if (found === null) return { reason: `${shard.path} is not as the shard has left it` };
    preamble = bytes.subarray(0, only.preamble);
    all.push(...found);
  }
  all.sort((a, b) => a.source - b.source || a.record - b.record);
  const raws = all.flatMap(({ raw }, at) =>
    at < all.length - 1 ? [raw, lineEndAfter(raw)] : [raw],
  );
  const body = Buffer.concat([preamble, ...raws]);
  const report = Buffer.from(all.map(({ line }) => `${line}\n`).join(""));
  const whole = [[to, body] as const, [`${to}.jsonl`, report] as const];
  for (const [path, bytes] of whole) refuseOther(path, bytes);
  for (const [path, bytes] of whole) place(path, bytes);
  const files = [{ bytes: body.length, preamble: preamble.length }];
  return { rejects: { path: to, files, report: report.length } };
}

/** Removes the files of the shards, whose rejects are in the merged ones. */
export function removeMerged(shards: readonly RejectOffsets[]): void {
  for (const { path } of shards) {
    rmSync(path, { force: true });
    rmSync(`${path}.jsonl`, { force: true });
  }
}

/** `null` where the file does not hold what its report tells of. */
function rejectsOf(
  { path, report }: RejectOffsets,
  body: Uint8Array,
  sources: readonly string[],
): MergedReject[] | null {
  const lines = readFileSync(`${path}.jsonl`).subarray(0, report).toString().split("\n");
  let at = 0;
  const rejects = lines
    .filter((line) => line !== "")
    .map((line): MergedReject => {
      const told = JSON.parse(line) as { source: string; record: number; byte: [number, number] };
      const [from, to] = told.byte;
      const raw = body.subarray(at, at + to - from);
      at += raw.length;
      // A record without a line end of its own got one when another followed.
      if (lineEndAfter(raw).length > 0 && body[at] === LINE_FEED) at += 1;
      return { source: sourceAt(told.source, sources), record: told.record, line, raw };
    });
  return at === body.length ? rejects : null;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** The line end that a record lacks; UTF-16 has its zero byte before or behind the line feed. */
function lineEndAfter(raw: Uint8Array): Uint8Array {
  const [before, last] = [raw.at(-2), raw.at(-1)];
  const isEnd = (byte: number | undefined): boolean =>
    byte === LINE_FEED || byte === CARRIAGE_RETURN;
  if (raw.length === 0 || isEnd(last) || (last === 0 && isEnd(before))) return new Uint8Array();
  return Uint8Array.of(LINE_FEED);
}

/** The place of a source, as its shard has called it, among those of the job. */
function sourceAt(name: string, sources: readonly string[]): number {
  const tail = name.replace(/^\.[/\\]/, "");
  const same = sources.findIndex((path) => path === name || path.endsWith(`${sep}${tail}`));
  return same >= 0 ? same : sources.findIndex((path) => basename(path) === basename(name));
}

/** A file with the same bytes was written by a merge before; any other is somebody else's. Throws `REJECT_FILE`. */
function refuseOther(path: string, bytes: Uint8Array): void {
  if (!existsSync(path) || Buffer.compare(readFileSync(path), bytes) === 0) return;
  const reason = "the file exists, and reject files are never overwritten";
  throw upsurgeError("REJECT_FILE", { path, reason }, { fix: MOVE });
}

const MOVE = "move the file away, and run the same command";

/** Writes a file that is not there, whole or not at all. */
function place(path: string, bytes: Uint8Array): void {
  if (existsSync(path)) return;
  const part = `${path}.part-${process.pid}`;
  try {
    writeFileSync(part, bytes, { mode: 0o600, flag: "wx", flush: true });
    linkSync(part, path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw upsurgeError("REJECT_FILE", { path, reason }, { cause });
  } finally {
    rmSync(part, { force: true });
  }
}
