/** A table and loads with `--delete-missing` into it, as a shell would run them. */
import { DatabaseShell } from "./database-shell.ts";
import type { ReportedRun } from "./database-shell.ts";

/** Loads into the table `t` by its key `id`. */
export class MissingShell extends DatabaseShell {
  /** Loads the text as `in.csv`. */
  async load(text: string, flags: readonly string[] = []): Promise<ReportedRun> {
    this.put("in.csv", text);
    return await this.run(["in.csv", "--key", "id", ...flags]);
  }

  /** Runs a load with `--delete-missing`. */
  async run(args: readonly string[], stdin = ""): Promise<ReportedRun> {
    const into = ["--to", this.database.url, "--table", "t", "--delete-missing", "--json"];
    return await this.reported([...into, ...args], stdin);
  }

  /** What `upsurge plan` prints. */
  async plan(flags: readonly string[]): Promise<string> {
    this.put("in.csv", "id,n\n1,1\n");
    const into = ["plan", "in.csv", "--to", this.database.url, "--table", "t", "--key", "id"];
    return await this.print([...into, "--delete-missing", ...flags]);
  }

  /** The first column of the rows that are there. */
  async ids(sql = "select id from t order by id"): Promise<(string | null)[]> {
    return (await this.database.rows(sql)).map(([id]) => id ?? null);
  }
}
