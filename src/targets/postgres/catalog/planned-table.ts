/**
 * Rows are written together because no trigger, key or rule of the table forbids it, and these may be others by the time a load
 * comes to write: a script of the load has run, or somebody has altered the table between two transactions. So a number that
 * stands for all of it is asked for with the first rows that a transaction writes. By then the table is locked against
 * such changes, until the transaction ends.
 */
import type { Client } from "pg";
import type { TablePlan } from "../../../model/load-plan.ts";
import { goneTable, refuseAlteredTable } from "../../altered-table.ts";
import { tableSql } from "../dialect.ts";
import { sendingAhead } from "../connect/run-together.ts";
import { quoteLiteral } from "../quote.ts";
import type { Pipeline, PipelinedStatement } from "../stage/pipeline.ts";
import { readRelation } from "./table-shape.ts";
import { VERSION } from "./table-version.ts";

/** What a session knows of a table and of its plan, from one transaction of a load to the next. */
export class PostgresPlannedTable {
  readonly #plan: TablePlan;
  #version: string | null | undefined;
  /** Of a table whose version is another one. */
  #unknown: { readonly oid: string; readonly version: string } | null = null;

  constructor(plan: TablePlan) {
    this.#plan = plan;
    this.#version = plan.table.version;
  }

  /** The question; once it is answered, `confirm` says what follows. `null` where the server cannot tell. */
  get question(): PipelinedStatement | null {
    if (this.#version === undefined) return null;
    const table = quoteLiteral(tableSql(this.#plan));
    return {
      sql: `select c.oid::text as oid, ${VERSION} as version from pg_class c where c.oid = to_regclass(${table})`,
      check: ({ rows: [row] }) => {
        const [oid, version] = [String(row?.["oid"] ?? 0), String(row?.["version"])];
        this.#unknown = version === this.#version ? null : { oid, version };
      },
    };
  }

  /** Asks, and confirms: before anything of the table is named, in a statement that may fail for it. Throws `TARGET_ALTERED`. */
  async look(client: Client, pipeline: Pipeline): Promise<void> {
    const { question } = this;
    if (question === null) return;
    await pipeline.run(question);
    await this.confirm(client);
  }

  /** Throws `TARGET_ALTERED` where the plan does not hold for the table as it is now. */
  async confirm(client: Client): Promise<void> {
    if (this.#unknown === null) return;
    const { oid, version } = this.#unknown;
    const now = await sendingAhead(client, () => readRelation(client, oid));
    if (now === null) throw goneTable(this.#plan);
    refuseAlteredTable(this.#plan, now);
    this.#version = version;
    this.#unknown = null;
  }
}
