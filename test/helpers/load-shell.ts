/** Loads of one file into the table `t` through the command line, for tests of keys: what they print, and what came of them. */
import { nonZero } from "./database-shell.ts";
import type { TestDatabase } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";
import type { RunResult } from "./run-upsurge.ts";
import { tempDir } from "./temp-dir.ts";

/** A load of `a.csv` with its outcome for programs. */
export interface LoadShell {
  readonly run: (input: string, flags: readonly string[], command?: string) => Promise<RunResult>;
  readonly report: (input: string, flags: readonly string[]) => Promise<Outcome>;
}

/** What came of a load. */
export interface Outcome {
  readonly exit: number;
  readonly key: { readonly columns: readonly string[]; readonly origin: string } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly code: string | null;
  readonly cause: string;
  readonly fix: string;
}

/** Loads into the table `t` of `database`. */
export function loadShell(database: TestDatabase): LoadShell {
  const run: LoadShell["run"] = async (input, flags, command = "load") => {
    const cwd = tempDir({ "a.csv": input });
    return await runUpsurge([command, "a.csv", "--to", database.url, "--table", "t", ...flags], {
      cwd,
    });
  };
  const report: LoadShell["report"] = async (input, flags) => {
    const { stdout } = await run(input, [...flags, "--json", "-q"]);
    const { exit, key, counts, error } = JSON.parse(stdout);
    return {
      exit,
      key,
      counts: nonZero(counts),
      code: error?.code ?? null,
      cause: error?.cause ?? "",
      fix: error?.fix ?? "",
    };
  };
  return { run, report };
}
