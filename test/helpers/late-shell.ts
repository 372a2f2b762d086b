/** A table whose rows refer to rows of their own, and loads into it, as a shell would run them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/report/report.ts";
import type { TestDatabase } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";
import { tempDir } from "./temp-dir.ts";

/** What came of a load. */
export interface LateRun {
  readonly exit: number;
  readonly report: Report;
  /** The counts that are not zero, without `read`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string | null;
  readonly output: string;
}

/** Loads into the table `staff` by its key `id`. */
export class LateShell {
  readonly folder = tempDir();
  readonly #database: TestDatabase;

  constructor(database: TestDatabase) {
    this.#database = database;
  }

  /** An empty database, and these statements. */
  async start(...statements: readonly string[]): Promise<void> {
    await this.#database.reset();
    for (const sql of statements) await this.#database.exec(sql);
  }

  /** Loads the text with `--late boss`: lines of JSON where it begins so, else CSV. */
  async load(text: string, flags: readonly string[] = []): Promise<LateRun> {
    const args = ["--key", "id", "--late", "boss", ...flags];
    return await this.run(text, args);
  }

  /** Loads it with just these flags. */
  async run(text: string, flags: readonly string[]): Promise<LateRun> {
    const words = [this.#write(text), ...this.#into, "--json", ...flags];
    const { exitCode, stdout, stderr } = await runUpsurge(words, { cwd: this.folder });
    const report = JSON.parse(stdout) as Report;
    const counts = Object.entries(report.counts);
    return {
      exit: exitCode,
      report,
      counts: Object.fromEntries(counts.filter(([name, count]) => name !== "read" && count !== 0)),
      error: report.error?.code ?? null,
      output: stdout + stderr,
    };
  }

  /** What `upsurge plan` prints. */
  async plan(text: string, flags: readonly string[] = []): Promise<string> {
    const words = ["plan", this.#write(text), ...this.#into, "--key", "id", "--late", "boss"];
    const { stdout, stderr } = await runUpsurge([...words, ...flags], { cwd: this.folder });
    return stdout + stderr;
  }

  get #into(): readonly string[] {
    return ["--to", this.#database.url, "--table", "staff"];
  }

  #write(text: string): string {
    const name = text.startsWith("{") ? "staff.ndjson" : "staff.csv";
    writeFileSync(join(this.folder, name), text);
    return name;
  }

  /** The rows, as `id name boss` with `-` for NULL. */
  async rows(): Promise<string[]> {
    const rows = await this.#database.rows("select id, name, boss from staff order by id");
    return rows.map((row) => row.map((value) => value ?? "-").join(" "));
  }
}
