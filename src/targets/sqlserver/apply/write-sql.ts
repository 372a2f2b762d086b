/**
 * The statements that write staged rows: MERGE, or look, UPDATE and INSERT. Pure.
 *
 *   merge [dbo].[t] with (holdlock, updlock) as target
 *   using (select * from #upsurge_stage where upsurge_shape = 0) as excluded on target.[id] = excluded.[id]
 *   when matched and (exists (select target.[qty] except select excluded.[qty])) then update set [qty] = excluded.[qty]
 *   when not matched by target then insert ([id], [qty]) values (excluded.[id], excluded.[qty])
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import type { MeetRows } from "../../../sql/dialect.ts";
import * as found from "../../../sql/found-rows.ts";
import * as inserts from "../../../sql/insert.ts";
import * as keys from "../../../sql/match.ts";
import type { KeyedPlan } from "../../../sql/match.ts";
import type { UpdateSql } from "../../../sql/update.ts";
import * as upserts from "../../../sql/upsert.ts";
import { SQL_SERVER } from "../dialect.ts";
import { tableSql, TEMPORARY } from "../names.ts";
import { quoteIdentifier } from "../quote.ts";

/** Which staged rows a statement takes: a condition over `upsurge_…` columns, and the columns that those rows carry. */
export interface RowCondition {
  readonly columns: readonly string[];
  readonly condition: string;
}

/** `target.[a] = excluded.[a]` for every column of the key; NULLs meet only on request. A filter holds on both sides. */
export function matchSql(plan: KeyedPlan): string {
  return keys.matchSql(plan, plan.arbiter, SQL_SERVER);
}

function meetRows(plan: KeyedPlan, { condition }: RowCondition): MeetRows {
  return { relation: TEMPORARY.stage(plan), match: matchSql(plan), condition };
}

/** What the rows meet, into the variables `@matched`, `@met`, `@skipped` and `@unchanged`. */
export function lookSql(plan: KeyedPlan, rows: RowCondition): string {
  return found.meetSql(plan, rows.columns, meetRows(plan, rows), SQL_SERVER);
}

/**
 * The insert of rows that were looked up, or of any. A row of nothing is one: several of them are for a writer that takes one at a time.
 * `output`: what it puts away of the rows that it writes.
 */
export function insertSql(
  plan: TablePlan,
  { columns, condition }: RowCondition,
  output = "",
): string {
  const keyed = keys.keyedPlan(plan);
  if (keyed !== null) {
    const rows = meetRows(keyed, { columns, condition });
    return inserts.insertMissingSql(plan, columns, rows, SQL_SERVER);
  }
  const from = inserts.rowsInOrder({ relation: TEMPORARY.stage(plan), condition });
  return inserts.insertSql(plan, columns, from, { ...SQL_SERVER, output });
}

/** The update of the rows that are met, or their delete; `null` when there is nothing to update. */
export function updateFoundSql(plan: KeyedPlan, rows: RowCondition): string | null {
  return found.updateFoundSql(plan, rows.columns, meetRows(plan, rows), SQL_SERVER);
}

/** The MERGE, without its last semicolon and what comes before it. */
export function mergeSql(plan: KeyedPlan, rows: RowCondition): string {
  const parts = {
    source: `(select * from ${TEMPORARY.stage(plan)} where ${rows.condition})`,
    match: matchSql(plan),
    tests: ({ differs }: UpdateSql) =>
      [plan.update.where, differs].map((test) => (test === null ? null : `(${test})`)),
  };
  return upserts.mergeSql(plan, rows.columns, parts, SQL_SERVER);
}

/**
 * `SET IDENTITY_INSERT [t] ON` before rows that bring their ids, OFF before others; nothing for a table without. A session has
 * one table for which it is ON: whoever says so says `identityOffSql` once the rows are written.
 */
export function identitySql(plan: TablePlan, columns: readonly string[]): string[] {
  const identity = broughtIdentity(plan);
  if (identity === null) return [];
  return [setIdentityInsert(plan, columns.includes(identity.name) ? "ON" : "OFF")];
}

/** Leaves the setting to another table of the session, whatever became of the rows. */
export function identityOffSql(plan: TablePlan): string[] {
  return broughtIdentity(plan) === null ? [] : [setIdentityInsert(plan, "OFF")];
}

/** The identity column that rows may bring values of; `null`: there is none. */
function broughtIdentity({ table, keepIdentity, mode, columns }: TablePlan): Column | null {
  const identity = table.columns.find((column) => column.identity === "always");
  if (identity === undefined || !keepIdentity || mode === "update") return null;
  return columns.includes(identity) ? identity : null;
}

function setIdentityInsert(plan: TablePlan, to: "ON" | "OFF"): string {
  return `SET IDENTITY_INSERT ${tableSql(plan)} ${to}`;
}

/** Gives every staged row its wave: 1 for the first row of a key, 2 for the second… by the database's own equality. */
export function wavesSql(plan: KeyedPlan): string {
  const { arbiter, table } = plan;
  const keys = arbiter.columns.map(quoteIdentifier);
  const known = arbiter.columns
    .filter((name) => table.columns.find((column) => column.name === name)?.nullable !== false)
    .map((name) => `${quoteIdentifier(name)} is not null`);
  const where = arbiter.nullsEqual || known.length === 0 ? "" : ` where ${known.join(" and ")}`;
  return `update s set upsurge_wave = r.wave
from ${TEMPORARY.stage(plan)} as s inner join (select upsurge_ord, row_number() over (partition by ${keys.join(", ")} order by upsurge_ord) as wave
from ${TEMPORARY.stage(plan)}${where}) as r on r.upsurge_ord = s.upsurge_ord where r.wave > 1`;
}
