/** A table `books` with a key `k`, and loads into it with look-ups, as a shell would run them. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/report/report.ts";
import { DatabaseShell, nonZero } from "./database-shell.ts";

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
export class LookupShell extends DatabaseShell {
  /** Loads the text as a file of this name. */
  async load(text: string, flags: readonly string[], name = "in.csv"): Promise<LookupRun> {
    this.put(name, text);
    const report = join(this.folder, "rejected");
    for (const path of [report, `${report}.jsonl`]) rmSync(path, { force: true });
    const into = ["--to", this.database.url, "--table", "books", "--reject-file", report];
    const keyed = flags.includes("--key") ? [] : ["--key", "k"];
    const words = [name, ...into, ...keyed, "--json", ...flags];
    const { exitCode, stdout, stderr } = await this.command(words);
    const { counts } = JSON.parse(stdout) as Report;
    return {
      exit: exitCode,
      counts: nonZero(counts),
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
    this.put("plan.csv", text);
    const into = ["plan", "plan.csv", "--to", this.database.url, "--table", "books", "--key", "k"];
    return await this.print([...into, "--extra-fields", "ignore", ...flags]);
  }

  /** The rows of a query. */
  async rows(sql: string): Promise<(string | null)[][]> {
    return await this.database.rows(sql);
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
