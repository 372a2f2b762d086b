/**
 * The statements that write staged rows: MERGE, or look, UPDATE and INSERT. All of them take the same locks: an update lock
 * on every row that a key finds, and on the gap where it finds none (HOLDLOCK), so that what was looked up stays true. Pure.
 *
 *   merge [dbo].[t] with (holdlock, updlock) as target
 *   using (select * from #upsurge_stage where upsurge_shape = 0) as excluded on target.[id] = excluded.[id]
 *   when matched and (exists (select target.[qty] except select excluded.[qty])) then update set [qty] = excluded.[qty]
 *   when not matched by target then insert ([id], [qty]) values (excluded.[id], excluded.[qty])
 */
import type { Arbiter, TablePlan } from "../../../model/load-plan.ts";
import { assignmentsOf } from "../../../sql/assignments.ts";
import type { SqlAssignment } from "../../../sql/assignments.ts";
import { qualify } from "../../../sql/expressions.ts";
import { stageTable, tableSql } from "../names.ts";
import { quoteIdentifier } from "../quote.ts";
import { asStored, imageOf, overflows } from "../catalog/types.ts";

/** Which staged rows a statement takes: a condition over `upsurge_…` columns, and the columns that those rows carry. */
export interface RowCondition {
  readonly columns: readonly string[];
  readonly condition: string;
}

/** A plan whose rows are looked up by a key. */
export type KeyedPlan = TablePlan & { readonly arbiter: Arbiter };

/** True when rows are looked up by a key; a conflict on "any" key shows only in the writing. */
export function isKeyed(plan: TablePlan): plan is KeyedPlan {
  return plan.arbiter?.kind === "expressions" && plan.mode !== "insert";
}

/** The update of a target row. */
interface UpdateStatement {
  /** `[b] = excluded.[b], [n] = (target.[n] + 1)`. */
  readonly assignments: string;
  readonly assigned: readonly SqlAssignment[];
  /** True when the stored image would change; `null` when every row is to be rewritten. */
  readonly differs: string | null;
}

/** The update by rows that carry `columns`; `null` when there is nothing to update. */
export function updateOf(plan: TablePlan, columns: readonly string[]): UpdateStatement | null {
  if (plan.mode !== "upsert" && plan.mode !== "update") return null;
  const stamps = new Set(plan.update.stamps.map((stamp) => stamp.column));
  // A staged row is stamped already.
  const assigned = assignmentsOf(plan, columns, quoteIdentifier).map((each) =>
    stamps.has(each.column.name)
      ? { ...each, value: `excluded.${quoteIdentifier(each.column.name)}` }
      : each,
  );
  const compared = assigned.filter((each) => each.compared);
  if (compared.length === 0) return null;
  return {
    assigned,
    assignments: assigned
      .map(({ column, value }) => `${quoteIdentifier(column.name)} = ${value}`)
      .join(", "),
    differs: plan.update.rewriteUnchanged ? null : differsSql(compared),
  };
}

/** `exists (select … except select …)` over the images takes NULLs as equal. */
function differsSql(assigned: readonly SqlAssignment[]): string {
  const stored = assigned.map(({ column }) =>
    imageOf(`target.${quoteIdentifier(column.name)}`, column),
  );
  const proposed = assigned.map(({ column, value, foreign }) =>
    imageOf(foreign ? asStored(value, column) : value, column),
  );
  const tooLong = assigned.flatMap(({ column, value, foreign }) =>
    foreign ? (overflows(value, column) ?? []) : [],
  );
  return [
    `exists (select ${stored.join(", ")} except select ${proposed.join(", ")})`,
    ...tooLong,
  ].join(" or ");
}

/** `target.[a] = excluded.[a]` for every column of the key; NULLs meet only on request. A filter holds on both sides. */
export function matchSql(plan: KeyedPlan): string {
  const { table, arbiter } = plan;
  const naming = { columns: table.columns.map((column) => column.name), quoteIdentifier };
  const parts = equalKeys(plan, "target", "excluded");
  const { predicate } = arbiter;
  const filters =
    predicate === null
      ? []
      : ["target", "excluded"].map((alias) => `(${qualify(predicate, alias, naming)})`);
  return [...parts, ...filters].join(" and ");
}

/** The same for any two rows, by their aliases, without the filter. */
export function equalKeys({ table, arbiter }: KeyedPlan, one: string, other: string): string[] {
  return arbiter.columns.map((name) => {
    const [left, right] = [one, other].map((alias) => `${alias}.${quoteIdentifier(name)}`);
    const nullable = table.columns.find((column) => column.name === name)?.nullable ?? true;
    return arbiter.nullsEqual && nullable
      ? `exists (select ${left} intersect select ${right})`
      : `${left} = ${right}`;
  });
}

const LOCKED = "with (updlock, holdlock)";

/**
 * What the rows meet, into variables: `@matched` target rows, the `@met` incoming rows that found one, and of the target
 * rows those `@skipped` by the condition and `@unchanged`.
 */
export function lookSql(plan: KeyedPlan, rows: RowCondition): string {
  const update = updateOf(plan, rows.columns);
  const holds = plan.update.where === null ? "1 = 1" : `(${plan.update.where})`;
  const same = update?.differs == null ? "1 = 0" : `not (${update.differs})`;
  const flags =
    update === null
      ? `${plan.deletesRows === true ? `case when ${holds} then 0 else 1 end` : "0"} as skipped, 0 as unchanged`
      : `case when ${holds} then 0 else 1 end as skipped, case when ${holds} and ${same} then 1 else 0 end as unchanged`;
  // The flags are made first: an aggregate must not hold a subquery.
  return `select @matched = count_big(*), @met = count_big(distinct looked.ord),
@skipped = coalesce(sum(looked.skipped), 0), @unchanged = coalesce(sum(looked.unchanged), 0)
from (select excluded.upsurge_ord as ord, ${flags}
from ${stageTable(plan)} as excluded inner join ${tableSql(plan)} as target ${LOCKED} on ${matchSql(plan)}
where ${rows.condition}) as looked`;
}

/** The names and values of an insert, for rows that carry `columns`. */
function inserted(plan: TablePlan, columns: readonly string[]): { names: string; values: string } {
  const stamps = plan.update.stamps.map((stamp) => stamp.column);
  const carried = [...columns.filter((name) => !stamps.includes(name)), ...stamps];
  const names = carried.map(quoteIdentifier);
  return { names: names.join(", "), values: names.map((name) => `excluded.${name}`).join(", ") };
}

/** `insert into [t] (…) select … from #upsurge_stage as excluded where … order by …`, for rows that were looked up, or of any. */
export function insertSql(plan: TablePlan, rows: RowCondition): string {
  const { names, values } = inserted(plan, rows.columns);
  // One row: several of them are for a writer that takes one at a time.
  if (names === "") return `insert into ${tableSql(plan)} default values`;
  const conditions = [rows.condition];
  if (isKeyed(plan)) {
    conditions.push(
      `not exists (select 1 from ${tableSql(plan)} as target ${LOCKED} where ${matchSql(plan)})`,
    );
  }
  return `insert into ${tableSql(plan)} (${names})
select ${values} from ${stageTable(plan)} as excluded${isKeyed(plan) ? "\n" : " "}where ${conditions.join(" and ")} order by excluded.upsurge_ord`;
}

/** `update target set … from #upsurge_stage as excluded inner join [t] as target … where …`; `null` when there is nothing to update. */
export function updateFoundSql(plan: KeyedPlan, rows: RowCondition): string | null {
  if (plan.deletesRows === true) return deleteFoundSql(plan, rows);
  const update = updateOf(plan, rows.columns);
  if (update === null) return null;
  if (updatesInstead(plan)) return updateInsteadSql(plan, rows, update);
  const where = [rows.condition, plan.update.where, update.differs].filter((test) => test !== null);
  return `update target set ${update.assignments}
from ${stageTable(plan)} as excluded inner join ${tableSql(plan)} as target ${LOCKED} on ${matchSql(plan)}
where ${where.map((test) => `(${test})`).join(" and ")}`;
}

/** `delete target from #upsurge_stage as excluded inner join [t] as target … where …` */
function deleteFoundSql(plan: KeyedPlan, rows: RowCondition): string {
  const where = [rows.condition, plan.update.where].filter((test) => test !== null);
  return `delete target
from ${stageTable(plan)} as excluded inner join ${tableSql(plan)} as target ${LOCKED} on ${matchSql(plan)}
where ${where.map((test) => `(${test})`).join(" and ")}`;
}

/** True when a trigger takes the place of updates. */
function updatesInstead({ table }: TablePlan): boolean {
  return table.triggers.some(
    ({ timing, events }) => timing === "instead" && events.includes("update"),
  );
}

/** The update of a view that has such a trigger, which must not take part in a join (414): its values are looked up instead. */
function updateInsteadSql(
  plan: KeyedPlan,
  rows: RowCondition,
  { assigned, differs }: UpdateStatement,
): string {
  const where = [rows.condition, matchSql(plan), plan.update.where, differs]
    .filter((test) => test !== null)
    .map((test) => `(${test})`);
  const found = `from ${stageTable(plan)} as excluded where ${where.join(" and ")}`;
  const values = assigned.map(
    ({ column, value }) => `${quoteIdentifier(column.name)} = (select ${value} ${found})`,
  );
  return `update target set ${values.join(", ")}
from ${tableSql(plan)} as target ${LOCKED} where exists (select 1 ${found})`;
}

/** The MERGE, without its last semicolon and what comes before it. */
export function mergeSql(plan: KeyedPlan, rows: RowCondition): string {
  const update = updateOf(plan, rows.columns);
  const { names, values } = inserted(plan, rows.columns);
  const tests = [plan.update.where, update?.differs ?? null].filter((test) => test !== null);
  const matched =
    update === null
      ? []
      : [
          `when matched${tests.map((test) => ` and (${test})`).join("")} then update set ${update.assignments}`,
        ];
  const source = `(select * from ${stageTable(plan)} where ${rows.condition}) as excluded`;
  return [
    `merge ${tableSql(plan)} with (holdlock, updlock) as target using ${source} on ${matchSql(plan)}`,
    ...matched,
    `when not matched by target then insert (${names}) values (${values})`,
  ].join("\n");
}

/** `SET IDENTITY_INSERT [t] ON` before rows that bring their ids, OFF before others; nothing for a table without. */
export function identitySql(plan: TablePlan, columns: readonly string[]): string[] {
  const identity = plan.table.columns.find((column) => column.identity === "always");
  if (identity === undefined || !plan.keepIdentity || plan.mode === "update") return [];
  if (!plan.columns.includes(identity)) return [];
  return [
    `SET IDENTITY_INSERT ${tableSql(plan)} ${columns.includes(identity.name) ? "ON" : "OFF"}`,
  ];
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
from ${stageTable(plan)} as s inner join (select upsurge_ord, row_number() over (partition by ${keys.join(", ")} order by upsurge_ord) as wave
from ${stageTable(plan)}${where}) as r on r.upsurge_ord = s.upsurge_ord where r.wave > 1`;
}
