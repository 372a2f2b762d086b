/**
 * Rows are written together because no trigger, key or rule of the table forbids it, and their texts are converted to the types
 * that its columns had. These may be others by the time a load comes to write: a script of the load has run, or somebody has
 * altered the table between two transactions. So what stands for all of it is asked for before the first rows of a
 * transaction, and where that is another one, the table is read again and compared.
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import { refuseAlteredPlan } from "../../altered-table.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { rowWith } from "../connect/result-sets.ts";
import { tableSql } from "../names.ts";
import { VERSION } from "./catalog-sql.ts";
import { readTableShape, versionOf } from "./table-shape.ts";

/** The version of what has the name now, in one request; of a table that is gone no version that was planned. */
const VERSION_BY_NAME = `DECLARE @id int = OBJECT_ID(@name);\n${VERSION}`;

/** What a session knows of a table and of its plan, from one transaction of a load to the next. */
export class SqlServerPlannedTable {
  readonly #plan: TablePlan;
  #version: string | null;

  constructor(plan: TablePlan) {
    this.#plan = plan;
    this.#version = plan.table.version ?? null;
  }

  /** Throws `TARGET_ALTERED` where the plan does not hold for the table as it is now. */
  async confirm(connection: SqlServerConnection): Promise<void> {
    const table = tableSql(this.#plan);
    const answer = await connection.execute(VERSION_BY_NAME, [{ name: "name", value: table }]);
    const version = versionOf(rowWith(answer, "version_id"));
    if (version === this.#version) return;
    refuseAlteredPlan(this.#plan, await readTableShape(connection, table));
    this.#version = version;
  }
}
