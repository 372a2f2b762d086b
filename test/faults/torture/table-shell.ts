/** A folder with the file `in.csv`, and loads of it into the table `t`; one that is to be held is a process of its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../helpers/engines.ts";
import { tempDir } from "../../helpers/temp-dir.ts";
import { runUpsurge } from "../../helpers/run-upsurge.ts";
import type { Ended } from "./launch.ts";

/** What is looked at of a load that has ended. */
export type LoadEnd = Pick<Ended, "exit" | "stdout" | "stderr">;

/** Runs loads in its folder. */
export class TableShell {
  readonly folder = tempDir();
  readonly #database: TestDatabase;

  constructor(database: TestDatabase, csv: string) {
    this.#database = database;
    writeFileSync(join(this.folder, "in.csv"), csv);
  }

  command(flags: readonly string[]): { args: string[]; cwd: string } {
    const to = ["in.csv", "--table", "t", "--to", this.#database.url];
    return { args: [...to, ...flags, "--json", "--progress", "none"], cwd: this.folder };
  }

  /** A load that nothing disturbs. */
  async load(flags: readonly string[]): Promise<LoadEnd> {
    return await loadHere(this.command(flags));
  }
}

/** Runs a command in this process: much sooner, where it is neither held nor killed. */
export async function loadHere({
  args,
  cwd,
}: {
  readonly args: readonly string[];
  readonly cwd: string;
}): Promise<LoadEnd> {
  const { exitCode: exit, stdout, stderr } = await runUpsurge(args, { cwd });
  return { exit, stdout, stderr };
}
