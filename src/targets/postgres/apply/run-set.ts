/** Runs the statements of a set of staged rows, and counts what became of the rows. */
import type { Client } from "pg";
import type { OutcomeCounts } from "../../../model/counts.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { SetSql } from "./set-sql.ts";

/** The rows of one shape that a statement takes. */
export interface SelectedRows {
  readonly plan: TablePlan;
  /** The parameters of the statements. */
  readonly values: readonly unknown[];
  /** How many there are. */
  readonly rows: number;
}

/** Applies the rows; throws what the server answers. */
export async function runSet(
  client: Client,
  sql: SetSql,
  selected: SelectedRows,
): Promise<OutcomeCounts> {
  if (sql.kind === "look") return await runLook(client, sql, selected);
  if (sql.kind === "merge") return await runMerge(client, sql, selected);
  if (sql.kind === "update-then-insert") return await runUpdateThenInsert(client, sql, selected);
  const run = sql.mayUpdate ? runUpsert : runInsert;
  return await run(client, sql, selected);
}

type NativeStatements = Extract<SetSql, { kind: "native" }>;
type LookStatements = Extract<SetSql, { kind: "look" }>;

async function runInsert(
  client: Client,
  { write }: NativeStatements,
  { plan, values, rows }: SelectedRows,
): Promise<OutcomeCounts> {
  const inserted = await affected(client, write, values);
  return plan.mode === "insert" ? { inserted } : { inserted, ignored: rows - inserted };
}

async function runUpsert(
  client: Client,
  { write, counts }: NativeStatements,
  { values, rows }: SelectedRows,
): Promise<OutcomeCounts> {
  if (counts) await client.query(`select set_config('upsurge.skipped', '0', true)`);
  const written = await ask(client, write, values);
  const inserted = Number(written["inserted"] ?? 0);
  const updated = Number(written["updated"] ?? 0);
  const answer = counts
    ? await ask(client, `select current_setting('upsurge.skipped') as n`, [])
    : {};
  const skipped = Number(answer["n"] ?? 0);
  return { inserted, updated, skipped, unchanged: rows - inserted - updated - skipped };
}

/** The command tells how many rows were written, the sequence how many of them were inserted. */
async function runMerge(
  client: Client,
  { write, counts, sequence }: Extract<SetSql, { kind: "merge" }>,
  { values, rows }: SelectedRows,
): Promise<OutcomeCounts> {
  const none = counts ? ", set_config('upsurge.skipped', '0', true)" : "";
  await client.query(`select setval('${sequence}', 1)${none}`);
  const written = await affected(client, write, values);
  const turnedDown = counts ? "current_setting('upsurge.skipped')" : "0";
  const noted = `select currval('${sequence}') - 1 as inserted, ${turnedDown} as skipped`;
  const answer = await ask(client, noted, []);
  const inserted = Number(answer["inserted"] ?? 0);
  const skipped = Number(answer["skipped"] ?? 0);
  return { inserted, updated: written - inserted, skipped, unchanged: rows - written - skipped };
}

/**
 * Each statement sees what other sessions have committed by then. A key that one inserts before the second is there for it, and
 * passed over: where rows are left that may be such, the first is run again. For all others it changes nothing.
 */
async function runUpdateThenInsert(
  client: Client,
  { update, insert }: Extract<SetSql, { kind: "update-then-insert" }>,
  { values, rows }: SelectedRows,
): Promise<OutcomeCounts> {
  let updated = await affected(client, update, values);
  const inserted = updated === rows ? 0 : await affected(client, insert, values);
  if (updated + inserted < rows) updated += await affected(client, update, values);
  return { inserted, updated, unchanged: rows - updated - inserted };
}

/** Looks first, and then runs only what there is something to do for: other writers are locked out meanwhile. */
async function runLook(
  client: Client,
  { meet, update, insert, insertAll, bounded }: LookStatements,
  { plan, values, rows }: SelectedRows,
): Promise<OutcomeCounts> {
  const met = await ask(client, meet, values);
  const matched = Number(met["matched"] ?? 0);
  const skipped = Number(met["skipped"] ?? 0);
  const unchanged = Number(met["unchanged"] ?? 0);
  // Without an index a key may have been met twice, and the numbers tell less.
  const exact = insertAll !== null;
  const nothingChanges = exact && matched === skipped + unchanged;
  const updated = update === null || nothingChanges ? 0 : await affected(client, update, values);
  if (plan.deletesRows === true) return { deleted: updated, skipped: skipped + rows - matched };
  const found = { unchanged, updated, ignored: update === null ? matched : 0 };
  if (insert === null) return { ...found, skipped: skipped + rows - matched };
  if (exact && matched === rows) return { ...found, skipped };
  const inserted =
    insertAll !== null && matched === 0
      ? await affected(client, insertAll, bounded ? [] : values)
      : await affected(client, insert, values);
  return { ...found, skipped, inserted };
}

async function affected(client: Client, sql: string, values: readonly unknown[]): Promise<number> {
  return (await client.query(sql, [...values])).rowCount ?? 0;
}

async function ask(
  client: Client,
  sql: string,
  values: readonly unknown[],
): Promise<Record<string, string>> {
  return (await client.query<Record<string, string>>(sql, [...values])).rows[0] ?? {};
}
