/** A shell for the tests of shards: a database with the table t, in.csv, and the job j that loads it. */
import type { Engine, TestDatabase } from "./engines.ts";
import { JobShell } from "./job-shell.ts";
import type { Ran } from "./job-shell.ts";

/** Repeated keys, an unusual one, one that is missing, and a value that the table refuses. */
export const SHARED_RECORDS = "id,n,hist\n1,1,1\n2,2,2\n3,77,77\n1,4,4\n02,5,5\n,6,6\n4,7,7\n";

/** Commands about the job. */
export class ShardsShell {
  readonly shell: JobShell;
  readonly #url: string;

  private constructor(shell: JobShell, url: string) {
    this.shell = shell;
    this.#url = url;
  }

  /** An empty table and the file. */
  static async open(engine: Engine, database: TestDatabase): Promise<ShardsShell> {
    const shell = await JobShell.open(engine, database);
    shell.write("in.csv", SHARED_RECORDS);
    return new ShardsShell(shell, database.url);
  }

  /** Runs a shard. */
  async shard(which: string, more: readonly string[] = []): Promise<Ran> {
    return await this.shell.load("in.csv --job j", [
      "--max-rejects",
      "9",
      "--shard",
      which,
      ...more,
    ]);
  }

  /** `upsurge finish`. */
  async finish(...more: string[]): Promise<Ran> {
    return await this.shell.run(["finish", "--to", this.#url, "--job", "j", "--json", ...more]);
  }

  /** `upsurge jobs` of the job. */
  async jobs(...more: string[]): Promise<Ran> {
    return await this.shell.jobs("--job", "j", ...more);
  }
}
