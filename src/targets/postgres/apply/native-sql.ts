/**
 * The native statements: INSERT … ON CONFLICT, plain INSERT. Pure.
 *
 *   insert into "s"."t" as target ("a", "b")
 *   select excluded."a", excluded."b" from pg_temp.upsurge_stage as excluded order by excluded.upsurge_ord
 *   on conflict ("a") do update set "b" = excluded."b"
 *   where row(target."b")::record *<> row(excluded."b")::record
 *   returning target.xmax = 0
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import { updateSql } from "../../../sql/update.ts";
import { upsertSql } from "../../../sql/upsert.ts";
import { POSTGRES } from "../dialect.ts";

/** How the test for writing reports what it decided; expressions that are never true. */
export interface DecisionMarkers {
  readonly skipped: string;
  readonly unchanged: string | null;
  /** Of a row that is met and is to be written; an expression that is always true. */
  readonly updated: string | null;
}

/** Counts skipped rows in a setting of the transaction: the only place a WHERE can leave word. */
export const COUNT_SKIPPED: DecisionMarkers = {
  skipped: `set_config('upsurge.skipped', (current_setting('upsurge.skipped')::bigint + 1)::text, true) is null`,
  unchanged: null,
  updated: null,
};

/** Notes what a single row met. */
export const NOTE_MET: DecisionMarkers = {
  skipped: `set_config('upsurge.met', 'skipped', true) is null`,
  unchanged: `set_config('upsurge.met', 'unchanged', true) is null`,
  updated: null,
};

/** The same where the statement's result does not tell whether a row was met. */
export const NOTE_UPDATED: DecisionMarkers = {
  ...NOTE_MET,
  updated: `set_config('upsurge.met', 'updated', true) is not null`,
};

/** A native statement, without RETURNING. */
export interface NativeSql {
  readonly sql: string;
  /** It may update rows, so that its result must tell them apart. */
  readonly updates: boolean;
}

/** The whole native upsert or insert of the rows in `from`. */
export function nativeSql(
  plan: TablePlan,
  columns: readonly string[],
  from: string,
  notes: DecisionMarkers,
): NativeSql {
  const test = ({ differs }: { readonly differs: string | null }): string | null =>
    writeTest(plan.update.where, differs, notes);
  const sql = upsertSql(plan, columns, { from, test }, POSTGRES);
  const mayUpdate = plan.mode === "upsert" && plan.arbiter !== null;
  return { sql, updates: mayUpdate && updateSql(plan, columns, POSTGRES) !== null };
}

/** True when the row is to be written; `null` when it always is. The condition comes first: a row it turns down is skipped, changed or not. */
export function writeTest(
  where: string | null,
  differs: string | null,
  notes: DecisionMarkers,
): string | null {
  const written = notes.updated ?? "true";
  const change =
    differs === null || notes.unchanged === null
      ? (differs ?? notes.updated)
      : `case when ${differs} then ${written} else ${notes.unchanged} end`;
  if (where === null) return change;
  return `case when (${where}) then ${change ?? "true"} else ${notes.skipped} end`;
}

/** RETURNING's test for an inserted row. System columns of a partitioned table or view cannot be read; `old` can since version 18. */
export function insertedSql({ table, arbiter }: TablePlan): string {
  if (table.kind === "partitioned") return "old.ctid is null";
  if (table.kind === "view") return `old.${arbiter?.keyExpressions[0] ?? "ctid"} is null`;
  return "target.xmax = 0";
}
