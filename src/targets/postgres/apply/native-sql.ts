/**
 * The native statements: INSERT … ON CONFLICT, plain INSERT. Pure.
 *
 *   insert into "s"."t" as target ("a", "b")
 *   select excluded."a", excluded."b" from pg_temp.upsurge_stage as excluded order by excluded.upsurge_ord
 *   on conflict ("a") do update set "b" = excluded."b"
 *   where row(target."b")::record *<> row(excluded."b")::record
 *   returning target.xmax = 0
 */
import type { Arbiter, TablePlan } from "../../../model/load-plan.ts";
import { quoteIdentifier } from "../quote.ts";
import { updateSql } from "./update-sql.ts";

/** Where the rows of a statement are: a relation called `excluded`, with its conditions and order. */
export interface RowsSql {
  readonly from: string;
}

/** The qualified name of the plan's table. */
export function tableSql({ table }: TablePlan): string {
  const { schema, name } = table.name;
  return schema === null
    ? quoteIdentifier(name)
    : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** `insert into "t" as target (…) select … from rows`. Stamps take the place of the source's values. */
export function insertSql(plan: TablePlan, columns: readonly string[], rows: RowsSql): string {
  const stamps = new Map(plan.update.stamps.map((each) => [each.column, `(${each.expression})`]));
  const carried = columns.filter((name) => !stamps.has(name));
  const names = [...carried, ...stamps.keys()].map(quoteIdentifier);
  const values = [
    ...carried.map((name) => `excluded.${quoteIdentifier(name)}`),
    ...stamps.values(),
  ];
  const identity = plan.table.columns.some(
    (column) => column.identity === "always" && columns.includes(column.name),
  );
  const overriding = identity && plan.keepIdentity ? " overriding system value" : "";
  if (names.length === 0) return `insert into ${tableSql(plan)} as target default values`;
  return `insert into ${tableSql(plan)} as target (${names.join(", ")})${overriding}
select ${values.join(", ")} from ${rows.from}`;
}

/** `on conflict ("a") where (…)`: names the arbiter. */
export function conflictTarget(arbiter: Arbiter): string {
  if (arbiter.kind === "any") return "on conflict";
  if (arbiter.kind === "constraint")
    return `on conflict on constraint ${quoteIdentifier(arbiter.name ?? "")}`;
  const parts = arbiter.keyExpressions
    .map((part) => (arbiter.plain ? part : `(${part})`))
    .join(", ");
  return `on conflict (${parts})${arbiter.predicate === null ? "" : ` where (${arbiter.predicate})`}`;
}

/** How the test for writing reports what it decided; expressions that are never true. */
export interface DecisionMarkers {
  readonly skipped: string;
  readonly unchanged: string | null;
}

/** Counts skipped rows in a setting of the transaction: the only place a WHERE can leave word. */
export const COUNT_SKIPPED: DecisionMarkers = {
  skipped: `set_config('upsurge.skipped', (current_setting('upsurge.skipped')::bigint + 1)::text, true) is null`,
  unchanged: null,
};

/** Notes what a single row met. */
export const NOTE_MET: DecisionMarkers = {
  skipped: `set_config('upsurge.met', 'skipped', true) is null`,
  unchanged: `set_config('upsurge.met', 'unchanged', true) is null`,
};

/** A native statement, without RETURNING. */
export interface NativeSql {
  readonly sql: string;
  /** It may update rows, so that its result must tell them apart. */
  readonly updates: boolean;
}

/** The whole native upsert or insert. */
export function nativeSql(
  plan: TablePlan,
  columns: readonly string[],
  rows: RowsSql,
  notes: DecisionMarkers,
): NativeSql {
  const insert = insertSql(plan, columns, rows);
  if (plan.mode === "insert" || plan.arbiter === null) return { sql: insert, updates: false };
  const onConflict = `${insert}\n${conflictTarget(plan.arbiter)}`;
  const { assignments, differs } = updateSql(plan, columns);
  if (plan.mode === "ignore" || assignments === null)
    return { sql: `${onConflict} do nothing`, updates: false };
  const test = writeTest(plan.update.where, differs, notes);
  const sql = `${onConflict} do update set ${assignments}${test === null ? "" : `\nwhere ${test}`}`;
  return { sql, updates: true };
}

/** True when the row is to be written; `null` when it always is. The condition comes first: a row it turns down is skipped, changed or not. */
export function writeTest(
  where: string | null,
  differs: string | null,
  notes: DecisionMarkers,
): string | null {
  const change =
    differs === null || notes.unchanged === null
      ? differs
      : `case when ${differs} then true else ${notes.unchanged} end`;
  if (where === null) return change;
  return `case when (${where}) then ${change ?? "true"} else ${notes.skipped} end`;
}

/** RETURNING's test for an inserted row. System columns of a partitioned table or view cannot be read; `old` can since version 18. */
export function insertedSql({ table, arbiter }: TablePlan): string {
  if (table.kind === "partitioned") return "old.ctid is null";
  if (table.kind === "view") return `old.${arbiter?.keyExpressions[0] ?? "ctid"} is null`;
  return "target.xmax = 0";
}
