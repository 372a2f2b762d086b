/**
 * The statements that write staged rows: MERGE, or look, UPDATE and INSERT. All of them take the same locks: an update lock
 * on every row that a key finds, and on the gap where it finds none (HOLDLOCK), so that what was looked up stays true. Pure.
 *
 *   MERGE [dbo].[t] WITH (HOLDLOCK, UPDLOCK) AS target
 *   USING (SELECT * FROM #upsurge_stage WHERE upsurge_shape = 0) AS excluded
 *   ON target.[id] = excluded.[id]
 *   WHEN MATCHED AND (EXISTS (SELECT target.[qty] EXCEPT SELECT excluded.[qty])) THEN UPDATE SET [qty] = excluded.[qty]
 *   WHEN NOT MATCHED BY TARGET THEN INSERT ([id], [qty]) VALUES (excluded.[id], excluded.[qty])
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

/** The plan with the key that its method looks rows up by; `null` where a conflict shows only in the writing. */
export function keyedPlan(plan: TablePlan): KeyedPlan | null {
  const { key } = plan.method;
  return key === null ? null : { ...plan, arbiter: key };
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

/** `EXISTS (SELECT … EXCEPT SELECT …)` over the images takes NULLs as equal. */
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
    `EXISTS (SELECT ${stored.join(", ")} EXCEPT SELECT ${proposed.join(", ")})`,
    ...tooLong,
  ].join(" OR ");
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
  return [...parts, ...filters].join(" AND ");
}

/** The same for any two rows, by their aliases, without the filter. */
export function equalKeys({ table, arbiter }: KeyedPlan, one: string, other: string): string[] {
  return arbiter.columns.map((name) => {
    const [left, right] = [one, other].map((alias) => `${alias}.${quoteIdentifier(name)}`);
    const nullable = table.columns.find((column) => column.name === name)?.nullable ?? true;
    return arbiter.nullsEqual && nullable
      ? `EXISTS (SELECT ${left} INTERSECT SELECT ${right})`
      : `${left} = ${right}`;
  });
}

const LOCKED = "WITH (UPDLOCK, HOLDLOCK)";

/**
 * What the rows meet, into variables: `@matched` target rows, the `@met` incoming rows that found one, and of the target
 * rows those `@skipped` by the condition and `@unchanged`.
 */
export function lookSql(plan: KeyedPlan, rows: RowCondition): string {
  const update = updateOf(plan, rows.columns);
  const holds = plan.update.where === null ? "1 = 1" : `(${plan.update.where})`;
  const same = update?.differs == null ? "1 = 0" : `NOT (${update.differs})`;
  const flags =
    update === null
      ? `${plan.deletesRows === true ? `CASE WHEN ${holds} THEN 0 ELSE 1 END` : "0"} AS skipped, 0 AS unchanged`
      : `CASE WHEN ${holds} THEN 0 ELSE 1 END AS skipped, CASE WHEN ${holds} AND ${same} THEN 1 ELSE 0 END AS unchanged`;
  // The flags are made first: an aggregate must not hold a subquery.
  return `SELECT @matched = COUNT_BIG(*), @met = COUNT_BIG(DISTINCT looked.ord),
@skipped = COALESCE(SUM(looked.skipped), 0), @unchanged = COALESCE(SUM(looked.unchanged), 0)
FROM (SELECT excluded.upsurge_ord AS ord, ${flags}
FROM ${stageTable(plan)} AS excluded INNER JOIN ${tableSql(plan)} AS target ${LOCKED} ON ${matchSql(plan)}
WHERE ${rows.condition}) AS looked`;
}

/** The names and values of an insert, for rows that carry `columns`. */
function inserted(plan: TablePlan, columns: readonly string[]): { names: string; values: string } {
  const stamps = plan.update.stamps.map((stamp) => stamp.column);
  const carried = [...columns.filter((name) => !stamps.includes(name)), ...stamps];
  const names = carried.map(quoteIdentifier);
  return { names: names.join(", "), values: names.map((name) => `excluded.${name}`).join(", ") };
}

/** `INSERT INTO [t] (…) SELECT … FROM #upsurge_stage AS excluded WHERE … ORDER BY …`, for rows that were looked up, or of any. */
export function insertSql(plan: TablePlan, rows: RowCondition): string {
  const { names, values } = inserted(plan, rows.columns);
  // One row: several of them are for a writer that takes one at a time.
  if (names === "") return `INSERT INTO ${tableSql(plan)} DEFAULT VALUES`;
  const conditions = [rows.condition];
  const keyed = keyedPlan(plan);
  if (keyed !== null) {
    conditions.push(
      `NOT EXISTS (SELECT 1 FROM ${tableSql(plan)} AS target ${LOCKED} WHERE ${matchSql(keyed)})`,
    );
  }
  return `INSERT INTO ${tableSql(plan)} (${names})
SELECT ${values} FROM ${stageTable(plan)} AS excluded WHERE ${conditions.join(" AND ")} ORDER BY excluded.upsurge_ord`;
}

/** `UPDATE target SET … FROM #upsurge_stage AS excluded INNER JOIN [t] AS target … WHERE …`; `null` when there is nothing to update. */
export function updateFoundSql(plan: KeyedPlan, rows: RowCondition): string | null {
  if (plan.deletesRows === true) return deleteFoundSql(plan, rows);
  const update = updateOf(plan, rows.columns);
  if (update === null) return null;
  if (updatesInstead(plan)) return updateInsteadSql(plan, rows, update);
  const where = [rows.condition, plan.update.where, update.differs].filter((test) => test !== null);
  return `UPDATE target SET ${update.assignments}
FROM ${stageTable(plan)} AS excluded INNER JOIN ${tableSql(plan)} AS target ${LOCKED} ON ${matchSql(plan)}
WHERE ${where.map((test) => `(${test})`).join(" AND ")}`;
}

/** `DELETE target FROM #upsurge_stage AS excluded INNER JOIN [t] AS target … WHERE …` */
function deleteFoundSql(plan: KeyedPlan, rows: RowCondition): string {
  const where = [rows.condition, plan.update.where].filter((test) => test !== null);
  return `DELETE target
FROM ${stageTable(plan)} AS excluded INNER JOIN ${tableSql(plan)} AS target ${LOCKED} ON ${matchSql(plan)}
WHERE ${where.map((test) => `(${test})`).join(" AND ")}`;
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
  const found = `FROM ${stageTable(plan)} AS excluded WHERE ${where.join(" AND ")}`;
  const values = assigned.map(
    ({ column, value }) => `${quoteIdentifier(column.name)} = (SELECT ${value} ${found})`,
  );
  return `UPDATE target SET ${values.join(", ")}
FROM ${tableSql(plan)} AS target ${LOCKED} WHERE EXISTS (SELECT 1 ${found})`;
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
          `WHEN MATCHED${tests.map((test) => ` AND (${test})`).join("")} THEN UPDATE SET ${update.assignments}`,
        ];
  return [
    `MERGE ${tableSql(plan)} WITH (HOLDLOCK, UPDLOCK) AS target`,
    `USING (SELECT * FROM ${stageTable(plan)} WHERE ${rows.condition}) AS excluded`,
    `ON ${matchSql(plan)}`,
    ...matched,
    `WHEN NOT MATCHED BY TARGET THEN INSERT (${names}) VALUES (${values})`,
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
    .map((name) => `${quoteIdentifier(name)} IS NOT NULL`);
  const where = arbiter.nullsEqual || known.length === 0 ? "" : ` WHERE ${known.join(" AND ")}`;
  return `UPDATE s SET upsurge_wave = r.wave
FROM ${stageTable(plan)} AS s INNER JOIN (SELECT upsurge_ord, ROW_NUMBER() OVER (PARTITION BY ${keys.join(", ")} ORDER BY upsurge_ord) AS wave
FROM ${stageTable(plan)}${where}) AS r ON r.upsurge_ord = s.upsurge_ord WHERE r.wave > 1`;
}
