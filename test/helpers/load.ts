/** Loads a source through the command line, as a person would, and tells what a test wants to know of it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Counts } from "../../src/model/counts.ts";
import { nonZero } from "./database-shell.ts";
import type { TestDatabase, Way } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";

/** A load to run. */
export interface Load {
  readonly folder: string;
  readonly table: string;
  /** The source's ending decides its format. */
  readonly extension: "csv" | "ndjson";
  readonly input: string | Uint8Array;
  readonly flags: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A reject as the report file tells it. */
export interface LoadReject {
  readonly record: number;
  readonly code: string;
  readonly dbCode: string | null;
  readonly column: string | null;
}

/** What came of a load. */
export interface LoadResult {
  readonly exit: number;
  /** The counts that are not zero, without `read`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly read: number;
  readonly rejects: readonly LoadReject[];
  /** Code of the error that stopped the load. */
  readonly error: string | null;
  /** Everything it wrote, to show when a test fails. */
  readonly output: string;
}

/** Runs a load in one of the ways; rejects are allowed unless the flags say otherwise. */
export async function runLoad(
  database: TestDatabase,
  { folder, table, extension, input, flags, env = {} }: Load,
  { strategy, rowSource, batchRows, flags: more = [] }: Way,
): Promise<LoadResult> {
  const source = join(folder, `input.${extension}`);
  const rejectFile = join(folder, "rejected");
  writeFileSync(source, input);
  const args = [source, "--to", database.url, "--table", table, ...flags, "--json", "-q"];
  args.push(
    "--strategy",
    strategy,
    "--row-source",
    rowSource,
    "--batch-rows",
    String(batchRows),
    ...more,
  );
  if (!flags.includes("--max-rejects")) {
    args.push("--max-rejects", "1000", "--reject-file", rejectFile);
  }
  const { exitCode, stdout, stderr } = await runUpsurge(args, { env });
  const report = stdout === "" ? null : (JSON.parse(stdout) as Report);
  return {
    exit: exitCode,
    counts: nonZero(report?.counts ?? {}),
    read: report?.counts.read ?? 0,
    rejects: takeRejects(rejectFile),
    error: report?.error?.code ?? null,
    output: stdout + stderr,
  };
}

interface Report {
  readonly counts: Counts;
  readonly error?: { readonly code: string };
}

function takeRejects(rejectFile: string): LoadReject[] {
  const path = `${rejectFile}.jsonl`;
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  rmSync(path);
  rmSync(rejectFile, { force: true });
  return lines.map((line) => {
    const { record, code, dbCode, column } = JSON.parse(line) as LoadReject;
    return { record, code, dbCode, column };
  });
}
