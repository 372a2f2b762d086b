/** A table and loads with `--delete-missing` into it, as a shell would run them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/report/report.ts";
import type { TestDatabase } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";
import { tempDir } from "./temp-dir.ts";

/** What came of a run. */
export interface MissingRun {
  readonly exit: number;
  readonly report: Report;
  readonly stderr: string;
}

/** Loads into the table `t` by its key `id`. */
export class MissingShell {
  readonly #database: TestDatabase;
  readonly folder = tempDir();

  constructor(database: TestDatabase) {
    this.#database = database;
  }

  /** An empty database, and these statements. */
  async start(...statements: readonly string[]): Promise<void> {
    await this.#database.reset();
    for (const sql of statements) await this.#database.exec(sql);
  }

  /** Loads the text as `in.csv`. */
  async load(text: string, flags: readonly string[] = []): Promise<MissingRun> {
    writeFileSync(join(this.folder, "in.csv"), text);
    return await this.run(["in.csv", "--key", "id", ...flags]);
  }

  /** Runs a load with `--delete-missing`. */
  async run(args: readonly string[], stdin = ""): Promise<MissingRun> {
    const into = ["--to", this.#database.url, "--table", "t", "--delete-missing", "--json"];
    const { exitCode, stdout, stderr } = await runUpsurge([...into, ...args], {
      cwd: this.folder,
      stdin,
    });
    return { exit: exitCode, report: JSON.parse(stdout) as Report, stderr };
  }

  /** What `upsurge plan` prints. */
  async plan(flags: readonly string[]): Promise<string> {
    writeFileSync(join(this.folder, "in.csv"), "id,n\n1,1\n");
    const into = ["plan", "in.csv", "--to", this.#database.url, "--table", "t", "--key", "id"];
    const { stdout, stderr } = await runUpsurge([...into, "--delete-missing", ...flags], {
      cwd: this.folder,
    });
    return stdout + stderr;
  }

  /** The first column of the rows that are there. */
  async ids(sql = "select id from t order by id"): Promise<(string | null)[]> {
    return (await this.#database.rows(sql)).map(([id]) => id ?? null);
  }
}
