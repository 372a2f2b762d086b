/** A table of typed columns and loads into it of values as people write them, as a shell would run them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/report/report.ts";
import type { TestDatabase } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";
import { tempDir } from "./temp-dir.ts";

/** What came of a run. */
export interface ValuesRun {
  readonly exit: number;
  readonly report: Report;
  readonly stderr: string;
}

/** Loads into the table `t`. */
export class ValuesShell {
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

  /** Loads the text as `name`. */
  async load(text: string, flags: readonly string[], name = "in.csv"): Promise<ValuesRun> {
    writeFileSync(join(this.folder, name), text);
    return await this.run([name, ...flags]);
  }

  /** Runs a load. */
  async run(args: readonly string[], stdin = ""): Promise<ValuesRun> {
    const into = ["--to", this.#database.url, "--table", "t", "--json"];
    const { exitCode, stdout, stderr } = await runUpsurge([...args, ...into], {
      cwd: this.folder,
      stdin,
    });
    return { exit: exitCode, report: JSON.parse(stdout) as Report, stderr };
  }

  /** What another command prints. */
  async print(args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await runUpsurge(args, { cwd: this.folder });
    return stdout + stderr;
  }

  /** A file beside the source. */
  file(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** The rows that a query gives, each as one text. */
  async rows(sql: string): Promise<string[]> {
    const rows = await this.#database.rows(sql);
    return rows.map((row) => row.map((value) => value ?? "null").join("|"));
  }
}
