/** Nested loads as a shell would run them: lines of JSON, flags, and what came of each table. */
import { waysFor } from "../engines.ts";
import type { Engine, TestDatabase, Way } from "../engines.ts";
import { tempDir } from "../temp-dir.ts";
import { runNested } from "./nest-load.ts";
import type { NestResult } from "./nest-load.ts";

/** The ways in which sessions of nested loads are tried: of many each third, which comes to all row sources and sizes. */
export function nestWays(engine: Engine): readonly Way[] {
  const ways = waysFor("conformance", engine, [1, 2, 1000], 0);
  return ways.filter((_, at) => ways.length <= 6 || at % 3 === Math.floor(at / 3) % 3);
}

/** As upsurge itself would. */
export const ANY_WAY: Way = { strategy: "auto", rowSource: "auto", batchRows: 1000 };

/** Loads lines in one of the ways, or as upsurge itself would; `OrdersShell` loads the orders of a shop. */
export class NestShell {
  readonly #database: TestDatabase;
  #folder = "";

  constructor(database: TestDatabase) {
    this.#database = database;
  }

  /** A folder, an empty database, and these statements. */
  async start(...statements: readonly string[]): Promise<void> {
    this.#folder = tempDir();
    await this.#database.reset();
    for (const sql of statements) await this.#database.exec(sql);
  }

  /** Loads lines into a table. */
  async load(
    lines: readonly string[],
    table: string,
    { flags, way }: { readonly flags: readonly string[]; readonly way: Way },
  ): Promise<NestResult> {
    const input = lines.map((line) => `${line}\n`).join("");
    return await runNested(this.#database, { folder: this.#folder, table, input, flags }, way);
  }

  /** The rows of a query, each as one line, with `-` for NULL. */
  async rows(sql: string): Promise<readonly string[]> {
    const rows = await this.#database.rows(sql);
    return rows.map((row) => row.map((value) => value ?? "-").join(" "));
  }
}
