/** A table whose rows refer to rows of their own, and loads into it, as a shell would run them. */
import type { Report } from "../../src/report/report.ts";
import { DatabaseShell, nonZero } from "./database-shell.ts";

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
export class LateShell extends DatabaseShell {
  /** Loads the text with `--late boss`: lines of JSON where it begins so, else CSV. */
  async load(text: string, flags: readonly string[] = []): Promise<LateRun> {
    const args = ["--key", "id", "--late", "boss", ...flags];
    return await this.run(text, args);
  }

  /** Loads it with just these flags. */
  async run(text: string, flags: readonly string[]): Promise<LateRun> {
    const words = [this.#write(text), ...this.#into, "--json", ...flags];
    const { exitCode, stdout, stderr } = await this.command(words);
    const report = JSON.parse(stdout) as Report;
    return {
      exit: exitCode,
      report,
      counts: nonZero(report.counts),
      error: report.error?.code ?? null,
      output: stdout + stderr,
    };
  }

  /** What `upsurge plan` prints. */
  async plan(text: string, flags: readonly string[] = []): Promise<string> {
    const words = ["plan", this.#write(text), ...this.#into, "--key", "id", "--late", "boss"];
    return await this.print([...words, ...flags]);
  }

  get #into(): readonly string[] {
    return ["--to", this.database.url, "--table", "staff"];
  }

  #write(text: string): string {
    const name = text.startsWith("{") ? "staff.ndjson" : "staff.csv";
    this.put(name, text);
    return name;
  }

  /** The rows, as `id name boss` with `-` for NULL. */
  async rows(): Promise<string[]> {
    const rows = await this.database.rows("select id, name, boss from staff order by id");
    return rows.map((row) => row.map((value) => value ?? "-").join(" "));
  }
}
