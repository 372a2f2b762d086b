/** Applies staged rows as sets: one native statement a shape, or look, update and insert. */
import type { Client } from "pg";
import type { Batch, RowFault } from "../../model/batch.ts";
import { addCounts, noCounts } from "../../model/counts.ts";
import type { Counts } from "../../model/counts.ts";
import type { LoadPlan } from "../../model/load-plan.ts";
import type { Repeat, Selection, SetWriter } from "../target.ts";
import { repeatsSql, setSql } from "./set-sql.ts";
import type { SetSql } from "./set-sql.ts";
import { byShape, fillStage, STAGE } from "./stage.ts";

/** The set-based half of the writer. */
export class PostgresSetWriter implements SetWriter {
  readonly #client: Client;
  readonly #plan: LoadPlan;
  readonly #sql = new Map<string, SetSql>();

  constructor(client: Client, plan: LoadPlan) {
    this.#client = client;
    this.#plan = plan;
  }

  async savepoint(): Promise<void> {
    await this.#client.query("savepoint upsurge_batch");
  }

  async release(): Promise<void> {
    await this.#client.query("release savepoint upsurge_batch");
  }

  async rollbackToSavepoint(): Promise<void> {
    await this.#client.query("rollback to savepoint upsurge_batch");
  }

  async stage(batch: Batch): Promise<readonly RowFault[]> {
    await this.#client.query(`truncate ${STAGE}`);
    await fillStage(this.#client, this.#plan, batch.rows);
    return [];
  }

  async repeats(): Promise<readonly Repeat[]> {
    const { rows } = await this.#client.query<{ ord: string; wave: string }>(
      repeatsSql(this.#plan),
    );
    return rows.map(({ ord, wave }) => ({ ord: Number(ord), wave: Number(wave) }));
  }

  async apply(batch: Batch, selection: Selection): Promise<Partial<Counts>> {
    const counts = noCounts();
    const groups = byShape(batch.rows);
    const chosen = selection.kind === "all" ? null : new Set(selection.ords);
    for (const [shape, rows] of groups) {
      const taken =
        chosen === null
          ? rows.length
          : rows.filter((row) => chosen.has(row.ord) === (selection.kind === "only")).length;
      if (taken === 0) continue;
      const sql = this.#sqlFor(shape.id, shape.columns, { selection, mixed: groups.size > 1 });
      const ords = selection.kind === "all" ? [] : [selection.ords];
      addCounts(counts, await this.#run(sql, ords, taken));
    }
    return counts;
  }

  async #run(
    sql: SetSql,
    ords: readonly (readonly number[])[],
    rows: number,
  ): Promise<Partial<Counts>> {
    return sql.kind === "native"
      ? this.#runNative(sql, ords, rows)
      : this.#runLook(sql, ords, rows);
  }

  async #runNative(
    sql: Extract<SetSql, { kind: "native" }>,
    ords: readonly (readonly number[])[],
    rows: number,
  ): Promise<Partial<Counts>> {
    const client = this.#client;
    const values = [...ords];
    if (!sql.mayUpdate) {
      const { rowCount } = await client.query(sql.write, values);
      const inserted = rowCount ?? 0;
      return this.#plan.mode === "insert" ? { inserted } : { inserted, ignored: rows - inserted };
    }
    if (sql.counts) await client.query(`select set_config('upsurge.skipped', '0', true)`);
    const written = await client.query<{ inserted: string; updated: string }>(sql.write, values);
    const inserted = Number(written.rows[0]?.inserted ?? 0);
    const updated = Number(written.rows[0]?.updated ?? 0);
    let skipped = 0;
    if (sql.counts) {
      const answer = await client.query<{ n: string }>(
        `select current_setting('upsurge.skipped') as n`,
      );
      skipped = Number(answer.rows[0]?.n ?? 0);
    }
    return { inserted, updated, skipped, unchanged: rows - inserted - updated - skipped };
  }

  async #runLook(
    sql: Extract<SetSql, { kind: "look" }>,
    ords: readonly (readonly number[])[],
    rows: number,
  ): Promise<Partial<Counts>> {
    const client = this.#client;
    const values = [...ords];
    const met = await client.query<Record<string, string>>(sql.meet, values);
    const [matched, skipped, unchanged] = ["matched", "skipped", "unchanged"].map((name) =>
      Number(met.rows[0]?.[name] ?? 0),
    );
    const found = { skipped: skipped ?? 0, unchanged: unchanged ?? 0 };
    const updated =
      sql.update === null ? 0 : ((await client.query(sql.update, values)).rowCount ?? 0);
    const ignored = sql.update === null ? (matched ?? 0) : 0;
    if (sql.insert === null) {
      return { ...found, updated, ignored, skipped: found.skipped + rows - (matched ?? 0) };
    }
    const inserted = (await client.query(sql.insert, values)).rowCount ?? 0;
    return { ...found, updated, ignored, inserted };
  }

  #sqlFor(
    shape: number,
    columns: readonly string[],
    how: { readonly selection: Selection; readonly mixed: boolean },
  ): SetSql {
    const key = `${shape} ${how.selection.kind} ${how.mixed}`;
    let sql = this.#sql.get(key);
    if (sql === undefined) {
      sql = setSql(this.#plan, columns, {
        kind: how.selection.kind,
        shape: how.mixed ? shape : null,
      });
      this.#sql.set(key, sql);
    }
    return sql;
  }
}
