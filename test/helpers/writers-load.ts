/** Loads for the tests of several writers: over CSV with the columns k, n and s, rejects in files of their own. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";

/** A table whose check refuses one value. */
export const KEYED = "create table t (k int primary key, n int, s text, check (n <> 77))";

/** Allows rejects. */
export const LIMIT = ["--max-rejects", "1000"];

/** What came of a load. */
export interface Loaded {
  readonly exit: number;
  readonly report: {
    readonly status: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly error?: { readonly code: string; readonly fix: string };
  };
  readonly rejects: string;
  readonly rejectReport: string;
  readonly output: string;
}

/** Loads `input` into the table t. */
export async function loadCsv(
  { url }: TestDatabase,
  folder: string,
  input: string,
  flags: readonly string[],
): Promise<Loaded> {
  const [source, rejectFile] = [join(folder, "in.csv"), tempPath(folder)];
  writeFileSync(source, input);
  const into = ["--to", url, "--table", "t", "--json", "-q", "--reject-file", rejectFile];
  const { exitCode, stdout, stderr } = await runUpsurge([source, ...into, ...flags]);
  return {
    exit: exitCode,
    report: JSON.parse(stdout),
    rejects: textOf(rejectFile),
    rejectReport: textOf(`${rejectFile}.jsonl`),
    output: stdout + stderr,
  };
}

let files = 0;
function tempPath(folder: string): string {
  files += 1;
  return join(folder, `rejects-${files}`);
}

/** The text of a file; empty when there is none. */
function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Records whose keys come again and again, some at fault, some spelled oddly. */
export function manyRecords(count: number): string {
  const lines = Array.from({ length: count }, (_, at) => {
    const key = (at * 7919) % 3001;
    const spelled = at % 4001 === 4000 ? `0${key}` : String(key);
    return `${spelled},${at % 1777 === 1776 ? 77 : at % 50},"text ${at}"\n`;
  });
  return `k,n,s\n${lines.join("")}`;
}
