/** Stages a batch and tells which of its rows the table could not accept whatever it holds. */
import type { Row, RowFault } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { byShape, rowFinder } from "../../grouped.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { rowCode } from "../errors.ts";
import { fillRaw } from "./fill-raw.ts";
import { guarded } from "../apply/guard.ts";
import { TEMPORARY } from "../names.ts";
import { checkStageSql, fillStageSql, readFaultCode } from "./stage-sql.ts";
import { run } from "../apply/run-guarded.ts";

/** How far staging goes: to values that fit, or to rows that could be inserted. */
export type StageContents = "values" | "checked";

/** Brings the rows into `#upsurge_stage`, in place of those before. Answers with the faults of the rows that are not in it. */
export async function stageRows(
  connection: SqlServerConnection,
  plan: TablePlan,
  rows: readonly Row[],
  staging: StageContents,
): Promise<RowFault[]> {
  await fillRaw(connection, plan, rows);
  const found = `SELECT upsurge_ord, code FROM ${TEMPORARY.fault(plan)} ORDER BY upsurge_ord`;
  const shapes = [...byShape(rows).keys()];
  const checks = staging === "checked" ? checkStageSql(plan, shapes) : [];
  const sql = guarded([...fillStageSql(plan, shapes), ...checks], found);
  const { rest } = await run(connection, sql, rows);
  const rowAt = rowFinder(rows);
  return rest.map((fault) =>
    faultOf(plan, rowAt(fault["upsurge_ord"]), Number(fault["code"]), connection.tooLong),
  );
}

/** The number that a fault's code has for a text that is too long. */
const TOO_LONG = 2628;

/** What a fault's code says of a row; `tooLong` is the server's own number for a text that is too long. */
export function faultOf(
  { table }: TablePlan,
  row: Row,
  faultCode: number,
  tooLong: number,
): RowFault {
  const { kind, place, number: found } = readFaultCode(faultCode);
  const number = found === TOO_LONG ? tooLong : found;
  const dbCode = number === 0 ? null : String(number);
  if (kind === "check") {
    const constraint = table.checks[place]?.name ?? "";
    const message = `the row breaks the check ${constraint}`;
    return { row, code: "ROW_CHECK", dbCode, column: null, constraint, message };
  }
  const column = table.columns[place];
  const name = column?.name ?? "";
  const base = { row, dbCode, column: name, constraint: null };
  if (kind === "null") {
    return { ...base, code: "ROW_NOT_NULL", message: `the column ${name} does not take NULL` };
  }
  const value = shorten(row.values[row.shape.columns.indexOf(name)] ?? "");
  const type = (column?.type ?? "").replace(/ COLLATE .*$/, "");
  if (number === 0) {
    const message = `${value} has characters outside the code page of the column ${name}`;
    return { ...base, code: "ROW_TYPE", message };
  }
  return { ...base, code: rowCode(number), message: `${value} does not fit ${type}` };
}

function shorten(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
