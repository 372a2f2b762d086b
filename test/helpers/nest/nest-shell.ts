/** Nested loads as a shell would run them: lines of JSON, flags, and what came of each table. */
import { DatabaseShell } from "../database-shell.ts";
import { waysFor } from "../engines.ts";
import type { Engine, Way } from "../engines.ts";
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
export class NestShell extends DatabaseShell {
  /** Loads lines into a table. */
  async load(
    lines: readonly string[],
    table: string,
    { flags, way }: { readonly flags: readonly string[]; readonly way: Way },
  ): Promise<NestResult> {
    const input = lines.map((line) => `${line}\n`).join("");
    return await runNested(this.database, { folder: this.folder, table, input, flags }, way);
  }

  /** The rows of a query, each as one line, with `-` for NULL. */
  async rows(sql: string): Promise<readonly string[]> {
    const rows = await this.database.rows(sql);
    return rows.map((row) => row.map((value) => value ?? "-").join(" "));
  }
}
