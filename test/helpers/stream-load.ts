/** Loads for the tests of streams: files or standard input into a table of their own, and what is in it then. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { TestDatabase } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";
import { tempDir } from "./temp-dir.ts";

/** A table whose check refuses one value. */
const TABLE = "create table t (k int primary key, n int, s text, check (n <> 77))";

/** `count` lines with the keys 0, 1, 2, … */
function lines(count: number): string {
  return Array.from({ length: count }, (_, at) => `${at},1,x\n`).join("");
}

/** The lines under their header. */
export function csv(count: number): string {
  return `k,n,s\n${lines(count)}`;
}

/** What `sha256sum` prints. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What came of a load. */
export interface Tried {
  readonly exit: number;
  readonly code: string | undefined;
  readonly fix: string | undefined;
  /** Records that the report counts. */
  readonly read: number;
  /** The keys in the table. */
  readonly keys: number[];
  readonly warnings: readonly string[];
  readonly output: string;
}

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Loads all of `files` in one load, or, where there is none, standard input. */
export async function attempt(
  database: TestDatabase,
  { files = {}, stdin = "" }: { readonly files?: Files; readonly stdin?: string | Uint8Array },
  flags: readonly string[],
): Promise<Tried> {
  await database.reset();
  await database.exec(TABLE);
  const folder = tempDir(files);
  const paths = Object.keys(files).map((name) => join(folder, name));
  const into = ["--to", database.url, "--table", "t", "--key", "k", "--json"];
  const sources = paths.length === 0 ? ["-"] : paths;
  const ran = await runUpsurge([...sources, ...into, ...flags], { cwd: folder, stdin });
  const report = JSON.parse(ran.stdout);
  const rows = await database.rows("select k from t order by k");
  return {
    exit: ran.exitCode,
    code: report.error?.code,
    fix: report.error?.fix,
    read: report.counts.read,
    keys: rows.map(([key]) => Number(key)),
    warnings: report.warnings,
    output: ran.stdout + ran.stderr,
  };
}

/** 0, 1, 2, … */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
