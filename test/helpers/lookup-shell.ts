/** A table `books` with a key `k`, and loads into it with look-ups, as a shell would run them. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/report/report.ts";
import type { TestDatabase } from "./engines.ts";
import { runUpsurge } from "./run-upsurge.ts";
import { tempDir } from "./temp-dir.ts";

/** What came of a load. */
export interface LookupRun {
  readonly exit: number;
  /** Those that are not zero, without `read`. */
  readonly counts: Readonly<Record<string, number>>;
  /** `CODE column`, in the order of the records. */
  readonly rejects: readonly string[];
  readonly stderr: string;
  /** Everything that was printed. */
  readonly output: string;
}

/** Loads into `books` by its key. */
export class LookupShell {
  readonly #database: TestDatabase;
  #folder = "";

  constructor(database: TestDatabase) {
    this.#database = database;
  }

  /** Of the files that are loaded. */
  get folder(): string {
    return this.#folder;
  }

  /** A folder, an empty database, and these statements. */
  async start(...statements: readonly string[]): Promise<void> {
    this.#folder = tempDir();
    await this.#database.reset();
    for (const sql of statements) await this.#database.exec(sql);
  }

  /** Loads the text as a file of this name. */
  async load(text: string, flags: readonly string[], name = "in.csv"): Promise<LookupRun> {
    writeFileSync(join(this.folder, name), text);
    const report = join(this.folder, "rejected");
    for (const path of [report, `${report}.jsonl`]) rmSync(path, { force: true });
    const into = ["--to", this.#database.url, "--table", "books", "--reject-file", report];
    const keyed = flags.includes("--key") ? [] : ["--key", "k"];
    const { exitCode, stdout, stderr } = await runUpsurge(
      [name, ...into, ...keyed, "--json", ...flags],
      { cwd: this.folder },
    );
    const { counts } = JSON.parse(stdout) as Report;
    const told = Object.entries(counts).filter(([each, count]) => each !== "read" && count !== 0);
    return {
      exit: exitCode,
      counts: Object.fromEntries(told),
      rejects: rejectsIn(`${report}.jsonl`),
      stderr,
      output: stdout + stderr,
    };
  }

  /** What `upsurge plan` prints for a file with all fields. */
  async plan(flags: readonly string[]): Promise<string> {
    return await this.planOf("k,title,after,author\n1,x,y,z\n", flags);
  }

  /** What `upsurge plan` prints for this text. */
  async planOf(text: string, flags: readonly string[]): Promise<string> {
    writeFileSync(join(this.folder, "plan.csv"), text);
    const into = ["plan", "plan.csv", "--to", this.#database.url, "--table", "books", "--key", "k"];
    const { stdout, stderr } = await runUpsurge([...into, "--extra-fields", "ignore", ...flags], {
      cwd: this.folder,
    });
    return stdout + stderr;
  }

  /** The rows of a query. */
  async rows(sql: string): Promise<(string | null)[][]> {
    return await this.#database.rows(sql);
  }

  /** The books, by their key. */
  async books(): Promise<(string | null)[][]> {
    return await this.rows("select k, title, author_id from books order by k");
  }
}

function rejectsIn(path: string): string[] {
  try {
    const lines = readFileSync(path, "utf8").trim().split("\n");
    return lines.map((line) => {
      const { code, column } = JSON.parse(line) as { code: string; column: string | null };
      return `${code} ${column ?? ""}`.trim();
    });
  } catch {
    return [];
  }
}
