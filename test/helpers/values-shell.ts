/** A table of typed columns and loads into it of values as people write them, as a shell would run them. */
import { DatabaseShell } from "./database-shell.ts";
import type { ReportedRun } from "./database-shell.ts";

/** Loads into the table `t`. */
export class ValuesShell extends DatabaseShell {
  /** Loads the text as `name`. */
  async load(text: string, flags: readonly string[], name = "in.csv"): Promise<ReportedRun> {
    this.put(name, text);
    return await this.run([name, ...flags]);
  }

  /** Runs a load. */
  async run(args: readonly string[], stdin = ""): Promise<ReportedRun> {
    const into = ["--to", this.database.url, "--table", "t", "--json"];
    return await this.reported([...args, ...into], stdin);
  }

  /** The rows that a query gives, each as one text. */
  async rows(sql: string): Promise<string[]> {
    const rows = await this.database.rows(sql);
    return rows.map((row) => row.map((value) => value ?? "null").join("|"));
  }
}
