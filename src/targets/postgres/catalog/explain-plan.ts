/** What `upsurge plan` shows of a load into PostgreSQL: its statements, and why it writes as it does. */
import type { TablePlan } from "../../../model/load-plan.ts";
import { encoderOf } from "../stage/binary-types.ts";
import { tableSql } from "../dialect.ts";
import { foldingOf } from "../apply/folding.ts";
import { lockTable } from "../apply/select-then-write-sql.ts";
import { setSql, statementsIn } from "../apply/set-sql.ts";
import { at, lookedStatements, together, WHEN } from "../../../sql/planned-statements.ts";
import type { PlannedStatement } from "../../../model/report/plan-report.ts";
import { rowStatements } from "../apply/each-sql.ts";
import { copySql, fillSql } from "../stage/stage.ts";
import { TEMPORARY } from "../stage/names.ts";

/** The statements for rows that carry `columns`, in the order in which a load comes to them. */
export function listStatements(
  plan: TablePlan,
  columns: readonly string[],
): readonly PlannedStatement[] {
  const locks = plan.method.locks ? [{ sql: lockTable(plan) }] : [];
  if (plan.method.name === "row-by-row")
    return [...locks, { sql: fillSql(plan, columns, true) }, ...rowStatements(plan, columns)];
  const rows = [...staging(plan, columns), ...setStatements(plan, columns)];
  return [...locks, ...together(plan, rows)];
}

/** How rows come to the server. */
function staging(plan: TablePlan, columns: readonly string[]): readonly PlannedStatement[] {
  const stage = TEMPORARY.stage(plan);
  if (plan.rowSource !== "staged") return [{ sql: fillSql(plan, columns) }];
  const format = textColumns(plan).length === 0 ? "binary" : "text";
  const copy = (table: string, names: readonly string[]) => copySql(table, names, format);
  const staged = copy(stage, ["upsurge_ord", ...columns]);
  if (plan.method.name !== "copy") return [{ sql: staged }];
  return [...at(copy(tableSql(plan), columns), WHEN.copied), ...at(staged, WHEN.refused)];
}

function setStatements(plan: TablePlan, columns: readonly string[]): readonly PlannedStatement[] {
  const { merges, name } = plan.method;
  const all = { kind: "all", shape: null } as const;
  // Repeats are folded where they can be; an INSERT … ON CONFLICT alone may be given some, and is refused then.
  const looks = plan.method.statement === "look-then-write";
  const alone = merges !== null || looks || foldingOf(plan) !== null ? WHEN.distinct : undefined;
  const staged = name === "copy" ? WHEN.refused : alone;
  const sql = setSql(plan, columns, { ...all, merges: merges !== null });
  if (sql.kind === "look") return [...at(sql.meet, staged), ...lookedStatements(sql)];
  const upsert = merges === null ? null : setSql(plan, columns, { ...all, merges: false });
  const fallBack = upsert?.kind === "native" ? upsert.write : null;
  return [...statementsIn(sql).flatMap((each) => at(each, staged)), ...at(fallBack, WHEN.raced)];
}

/** How rows are sent to be copied. */
export function explainMethods({ rowSource, method, ...plan }: TablePlan): readonly string[] {
  if (method.name === "row-by-row" || rowSource !== "staged") return [];
  return [copyFormat(plan)];
}

function copyFormat(plan: Pick<TablePlan, "columns">): string {
  const [column] = textColumns(plan);
  return column === undefined
    ? "binary COPY; a batch with values in other than the usual spelling goes as text, for the server to read"
    : `text COPY: ${column} has a type that is sent as text`;
}

/** The columns without a binary form. */
function textColumns(plan: Pick<TablePlan, "columns">): string[] {
  return plan.columns.filter((column) => encoderOf(column) === null).map(({ name }) => name);
}
