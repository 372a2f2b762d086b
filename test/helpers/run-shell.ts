/** Runs `upsurge run` over folders of files, as a person would, and tells what a test wants to know of it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RunReport } from "../../src/report/run-report.ts";
import { DatabaseShell, nonZero } from "./database-shell.ts";

/** What came of a run. */
export interface RanRun {
  readonly exit: number;
  /** By table, the counts that are not zero, in the order in which they were loaded. */
  readonly tables: readonly (readonly [string, Readonly<Record<string, number>>])[];
  readonly report: RunReport;
  /** Code of the error that stopped the run. */
  readonly error: string | null;
  /** Everything it wrote, to show when a test fails. */
  readonly output: string;
}

/** A folder with folders of files, and a database. */
export class RunShell extends DatabaseShell {
  /** Writes files, by their paths in the folder. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(this.folder, dirname(path)), { recursive: true });
      writeFileSync(join(this.folder, path), content);
    }
  }

  /** `upsurge run FOLDER… FLAG…`. */
  async run(...words: readonly string[]): Promise<RanRun> {
    const args = ["run", ...words, "--to", this.database.url, "--json"];
    const { exitCode, stdout, stderr } = await this.command(args);
    // Of a command that is refused there is no more than the error.
    const report = { tables: [], ...(JSON.parse(stdout) as Partial<RunReport>) } as RunReport;
    return {
      exit: exitCode,
      tables: report.tables.map(({ table, counts }) => [bare(table ?? ""), nonZero(counts)]),
      report,
      error: report.error?.code ?? null,
      output: stdout + stderr,
    };
  }

  /** `upsurge plan FOLDER… FLAG…`. */
  async plan(...words: readonly string[]): Promise<string> {
    return await this.print(["plan", ...words, "--to", this.database.url]);
  }

  rows(sql: string): Promise<(string | null)[][]> {
    return this.database.rows(sql);
  }
}

function bare(table: string): string {
  return table.split(".").at(-1) ?? "";
}
