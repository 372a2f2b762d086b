/** A folder with the file `in.csv`, and loads of it into the table `t`, each a process of its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../helpers/engines.ts";
import { tempDir } from "../../helpers/temp-dir.ts";
import { launch } from "./launch.ts";
import type { Ended } from "./launch.ts";

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

  async load(flags: readonly string[]): Promise<Ended> {
    return await launch(this.command(flags)).ended;
  }
}
