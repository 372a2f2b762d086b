/** A folder and a database in which a test runs commands: what the shells of single features have in common. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/report/report.ts";
import type { TestDatabase } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";
import type { RunResult } from "./run-upsurge.ts";
import { tempDir } from "./temp-dir.ts";

/** What came of a command with `--json`. */
export interface ReportedRun {
  readonly exit: number;
  readonly report: Report;
  readonly stderr: string;
}

/** Runs commands over one database. */
export class DatabaseShell {
  protected readonly database: TestDatabase;
  #folder: string | null = null;

  constructor(database: TestDatabase) {
    this.database = database;
  }

  /** Of the files that are loaded: one a test, made when it is first asked for. */
  get folder(): string {
    if (this.#folder === null || !existsSync(this.#folder)) this.#folder = tempDir();
    return this.#folder;
  }

  /** An empty database, and these statements. */
  async start(...statements: readonly string[]): Promise<void> {
    await this.database.reset();
    for (const sql of statements) await this.database.exec(sql);
  }

  /** Writes a file into the folder. */
  put(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** The text of a file in the folder. */
  file(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** Runs a command in the folder. */
  async command(words: readonly string[], stdin = ""): Promise<RunResult> {
    return await runUpsurge(words, { cwd: this.folder, stdin });
  }

  /** Everything that a command prints. */
  async print(words: readonly string[]): Promise<string> {
    const { stdout, stderr } = await this.command(words);
    return stdout + stderr;
  }

  /** Runs a load that has `--json` among its words. */
  protected async reported(words: readonly string[], stdin = ""): Promise<ReportedRun> {
    const { exitCode, stdout, stderr } = await this.command(words, stdin);
    return { exit: exitCode, report: JSON.parse(stdout) as Report, stderr };
  }
}

/** The counts that are not zero, without `read`. */
export function nonZero(counts: object): Readonly<Record<string, number>> {
  const all: readonly (readonly [string, number])[] = Object.entries(counts);
  return Object.fromEntries(all.filter(([name, count]) => name !== "read" && count !== 0));
}
