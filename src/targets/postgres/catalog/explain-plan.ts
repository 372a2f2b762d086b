/** What `upsurge plan` shows of a load into PostgreSQL: its statements, and why it writes as it does. */
import type { TablePlan } from "../../../model/load-plan.ts";
import { encoderOf } from "../stage/binary-types.ts";
import { tableSql } from "../dialect.ts";
import { lockTable } from "../apply/select-then-write-sql.ts";
import { setSql, statementsIn } from "../apply/set-sql.ts";
import { copySql } from "../stage/stage.ts";
import { TEMPORARY } from "../stage/names.ts";

/** The statements for rows that carry `columns`, in the order in which a load comes to them. */
export function listStatements(plan: TablePlan, columns: readonly string[]): readonly string[] {
  const { merges, name } = plan.method;
  const all = { kind: "all", shape: null } as const;
  const sql = setSql(plan, columns, { ...all, merges: merges !== null });
  const format = textColumns(plan).length === 0 ? "binary" : "text";
  const copies = plan.rowSource === "staged" && plan.isolation.rowByRow === null;
  const direct = name === "copy" ? [copySql(tableSql(plan), columns, format)] : [];
  const staged = copies
    ? [copySql(TEMPORARY.stage(plan), ["upsurge_ord", ...columns], format)]
    : [];
  if (sql.kind === "look") {
    // Where none was found, all are inserted.
    const insertAll = sql.insertAll === null ? [] : [sql.insertAll];
    return [lockTable(plan), ...direct, ...staged, ...statementsIn(sql), ...insertAll];
  }
  const upsert = merges === null ? null : setSql(plan, columns, { ...all, merges: false });
  const fallback = upsert === null ? [] : statementsIn(upsert);
  return [...direct, ...staged, ...statementsIn(sql), ...fallback];
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
