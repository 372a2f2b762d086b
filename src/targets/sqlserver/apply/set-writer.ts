/** Applies staged rows as sets, one shape after the other: MERGE, or look, UPDATE and INSERT. */
import type { Batch, RowFault } from "../../../model/batch.ts";
import { addCounts, noCounts } from "../../../model/counts.ts";
import type { OutcomeCounts } from "../../../model/counts.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Repeat, Selection, SetWriter } from "../../set-writer.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { directLoad, insertDirectly } from "./direct-insert.ts";
import type { DirectLoad } from "./direct-insert.ts";
import { guarded } from "./guard.ts";
import { TEMPORARY } from "../names.ts";
import { run } from "./run-guarded.ts";
import { rowsOf, SET_COUNTERS, setSql } from "./set-sql.ts";
import { selectedShapes } from "../../grouped.ts";
import { stageRows } from "../stage/stage.ts";
import { SQL_SERVER } from "../dialect.ts";
import { updateSql } from "../../../sql/update.ts";
import { wavesSql } from "./write-sql.ts";
import { keyedPlan } from "../../../sql/match.ts";

type SetCounters = Readonly<Record<(typeof SET_COUNTERS)[number], number>>;

/** The set-based half of the writer. */
export class SqlServerSetWriter implements SetWriter {
  readonly #connection: SqlServerConnection;
  readonly #plan: TablePlan;
  readonly #confirm: () => Promise<void>;
  /** The batch at hand, when it goes straight into the table. */
  #direct: DirectLoad | null = null;

  /** `confirm`: before the first rows of the transaction, that the plan still holds. */
  constructor(connection: SqlServerConnection, plan: TablePlan, confirm: () => Promise<void>) {
    this.#connection = connection;
    this.#plan = plan;
    this.#confirm = confirm;
  }

  async savepoint(): Promise<void> {
    await this.#connection.batch("SAVE TRANSACTION upsurge_batch");
  }

  /** Savepoints cannot be released; the next one of the same name takes its place. */
  async release(): Promise<void> {}

  async rollbackToSavepoint(): Promise<void> {
    await this.#connection.batch("ROLLBACK TRANSACTION upsurge_batch");
  }

  async stage(batch: Batch): Promise<readonly RowFault[]> {
    await this.#confirm();
    this.#direct = directLoad(this.#plan, batch);
    return this.#direct === null
      ? stageRows(this.#connection, this.#plan, batch.rows, "checked")
      : [];
  }

  async repeats(batch: Batch): Promise<readonly Repeat[]> {
    const plan = keyedPlan(this.#plan);
    if (plan === null) return [];
    const found = `SELECT upsurge_ord, upsurge_wave FROM ${TEMPORARY.stage(plan)} WHERE upsurge_wave > 1`;
    const sql = guarded([wavesSql(plan)], found);
    const { rest } = await run(this.#connection, sql, batch.rows);
    return rest.map((row) => ({
      ord: Number(row["upsurge_ord"]),
      wave: Number(row["upsurge_wave"]),
    }));
  }

  async apply(batch: Batch, selection: Selection): Promise<OutcomeCounts> {
    if (this.#direct !== null) {
      await insertDirectly(this.#connection, this.#plan, this.#direct, batch);
      return { inserted: batch.rows.length };
    }
    const counts = noCounts();
    for (const [shape, taken] of selectedShapes(batch.rows, selection)) {
      if (taken === 0) continue;
      const sql = setSql(this.#plan, rowsOf(shape, selection));
      const { variables } = await run(this.#connection, sql, batch.rows);
      const answered = SET_COUNTERS.map((name) => [name, Number(variables[name] ?? 0)]);
      const answer = Object.fromEntries(answered) as SetCounters;
      addCounts(counts, this.#count(answer, shape.columns, taken));
    }
    return counts;
  }

  /** What became of `rows` incoming rows. A key that finds several target rows leaves them unaccounted for. */
  #count(
    { matched, met, skipped, unchanged, inserted, updated, deleted }: SetCounters,
    columns: readonly string[],
    rows: number,
  ): OutcomeCounts {
    const plan = this.#plan;
    if (plan.method.key === null) return { inserted };
    if (matched !== met) return {};
    if (plan.deletesRows === true) return { deleted, skipped: rows - deleted };
    const left = rows - inserted - updated;
    if (updateSql(plan, columns, SQL_SERVER) === null) {
      return plan.mode === "update"
        ? { ignored: matched, skipped: rows - matched }
        : { inserted, ignored: left };
    }
    if (plan.mode === "update") {
      return { updated, unchanged, skipped: left - unchanged };
    }
    return { inserted, updated, skipped, unchanged: left - skipped };
  }
}
