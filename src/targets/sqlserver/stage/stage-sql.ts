/**
 * The staging of a batch: texts become values of the table's types, and rows that the table could not accept whatever it
 * holds are noted in `#upsurge_fault` and taken out, before anything is written. Pure.
 *
 *   INSERT INTO #upsurge_stage (upsurge_ord, …, [qty]) SELECT r.upsurge_ord, …, TRY_CONVERT(int, r.f1) FROM #upsurge_raw AS r …;
 *   INSERT INTO #upsurge_fault (upsurge_ord, code) SELECT …, MIN(code) … WHERE r.f1 IS NOT NULL AND s.[qty] IS NULL …;
 *   DELETE FROM #upsurge_stage WHERE upsurge_ord IN (SELECT upsurge_ord FROM #upsurge_fault);
 */
import { fires } from "../../../model/table-shape.ts";
import type { RowShape } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { unknownFunction } from "../../../sql/expressions.ts";
import { HIDDEN, placeOf, TEMPORARY } from "../names.ts";
import { quoteIdentifier } from "../quote.ts";
import { fromText, misfits, stageCollation, stageType } from "../catalog/types.ts";

/** A fault is one number: what (1 value, 2 NULL, 3 check), which column or check, and the server's error number. */
const KIND = 200_000_000;
const PLACE = 100_000;

/** The parts of a fault's code. */
export interface FaultCode {
  readonly kind: "value" | "null" | "check";
  /** Place among the table's columns, or checks. */
  readonly place: number;
  /** The server's number for such an error; 0 when it would say nothing. */
  readonly number: number;
}

/** Takes a fault's code apart. */
export function readFaultCode(code: number): FaultCode {
  const kind = (["value", "null", "check"] as const)[Math.floor(code / KIND) - 1];
  if (kind === undefined) throw new RangeError(`no such fault: ${code}`);
  return { kind, place: Math.floor((code % KIND) / PLACE), number: code % PLACE };
}

/** Creates the temporary tables of a load; texts have the `collation` of the database where a column says no other. */
export function stageDdl(plan: TablePlan, collation: string): string[] {
  const raw = plan.columns.map((_, place) => `f${place} nvarchar(max) COLLATE ${collation} NULL`);
  const typed = staged(plan).map((column) =>
    column.generatedSql === null || isByServer(column)
      ? `${quoteIdentifier(column.name)} ${stageType(column, collation)} NULL`
      : `${quoteIdentifier(column.name)} AS ${column.generatedSql}${stageCollation(column, collation)}`,
  );
  const ord = "upsurge_ord bigint NOT NULL PRIMARY KEY";
  return [
    `CREATE TABLE ${TEMPORARY.raw(plan)} (${[ord, "upsurge_shape int NOT NULL", ...raw].join(", ")})`,
    `CREATE TABLE ${TEMPORARY.stage(plan)} (${[ord, "upsurge_shape int NOT NULL", "upsurge_wave int NOT NULL", ...typed].join(", ")})`,
    `CREATE TABLE ${TEMPORARY.fault(plan)} (${ord}, code bigint NULL, number int NULL, message nvarchar(2048) NULL)`,
  ];
}

/** Written by the server itself, by no expression. */
function isByServer({ generatedSql }: Column): boolean {
  return generatedSql === "rowversion" || generatedSql === "GENERATED ALWAYS";
}

/** The columns of the stage: all, so that expressions see every default; computed ones only where something names them. */
function staged(plan: TablePlan): Column[] {
  const { table, update } = plan;
  const expressions = [...update.sets, ...update.stamps].map((each) => each.expression);
  let text = [...expressions, update.where ?? "", ...table.checks.map(({ sql }) => sql)].join(" ");
  const wanted = new Set<Column>();
  for (let before = -1; before !== wanted.size;) {
    before = wanted.size;
    for (const column of table.columns) {
      if (!isStageable(column) || !names(text, column.name)) continue;
      if (!wanted.has(column)) text += ` ${column.generatedSql}`;
      wanted.add(column);
    }
  }
  return table.columns.filter((column) => column.generatedSql === null || wanted.has(column));
}

/** A computed column can be computed in tempdb as well, unless it calls a function of the user's or is hidden from this login. */
function isStageable({ generatedSql }: Column): boolean {
  if (generatedSql === null || generatedSql === HIDDEN) return false;
  return !callsFunction(generatedSql);
}

/** A function of the user's may read the table, or not be there in tempdb. */
function callsFunction(sql: string): boolean {
  return unknownFunction(sql, true) !== null;
}

function names(sql: string, name: string): boolean {
  const text = sql.toLowerCase();
  return [name, name.replaceAll("]", "]]")].some((each) => text.includes(each.toLowerCase()));
}

/** Turns the raw rows of `shapes` into staged rows; those whose values do not fit are noted and taken out. Empties the raw rows. */
export function fillStageSql(plan: TablePlan, shapes: readonly RowShape[]): string[] {
  const fills = shapes.map((shape) => fillSql(plan, shape));
  const values = shapes.flatMap((shape) => noteFaults(plan, valueFaults(plan, shape)));
  return [
    `TRUNCATE TABLE ${TEMPORARY.fault(plan)}`,
    `TRUNCATE TABLE ${TEMPORARY.stage(plan)}`,
    ...fills,
    ...values,
    `TRUNCATE TABLE ${TEMPORARY.raw(plan)}`,
  ];
}

/** Stamps the staged rows of `shapes`; those that could not be inserted are noted and taken out. It runs SQL of the user's. */
export function checkStageSql(plan: TablePlan, shapes: readonly RowShape[]): string[] {
  const rows =
    plan.mode === "update"
      ? []
      : shapes.map((shape) => rowFaults(plan, shape, `upsurge_shape = ${shape.id}`));
  return [...stampSql(plan, null), ...rows.flatMap((queries) => noteFaults(plan, queries))];
}

/** The same for the row `@ord` alone. It leaves no row behind when that is at fault. */
export function checkRowSql(plan: TablePlan, shape: RowShape): string[] {
  const rows = plan.mode === "update" ? [] : rowFaults(plan, shape, "upsurge_ord = @ord");
  return [...stampSql(plan, "excluded.upsurge_ord = @ord"), ...noteFaults(plan, rows)];
}

/** Makes values of the texts of rows of a shape. */
export function fillSql(plan: TablePlan, shape: RowShape): string {
  const filled = staged(plan).filter(({ generatedSql }) => generatedSql === null);
  const names = filled.map((column) => quoteIdentifier(column.name));
  const values = filled.map((column) => {
    if (!shape.columns.includes(column.name)) return defaultOf(column);
    return fromText(`r.f${placeOf(plan, column.name)}`, column);
  });
  return `INSERT INTO ${TEMPORARY.stage(plan)} (${["upsurge_ord", "upsurge_shape", "upsurge_wave", ...names].join(", ")})
SELECT ${["r.upsurge_ord", "r.upsurge_shape", "1", ...values].join(", ")} FROM ${TEMPORARY.raw(plan)} AS r WHERE r.upsurge_shape = ${shape.id}`;
}

/** What a column holds that the row does not carry; values that are made one by one are left to the table. */
function defaultOf({ defaultSql, volatileDefault }: Column): string {
  return defaultSql === null || volatileDefault ? "NULL" : defaultSql;
}

/** `UPDATE excluded SET [at] = (…) FROM #upsurge_stage AS excluded`: a row is checked as it is stamped. */
function stampSql(plan: TablePlan, condition: string | null): string[] {
  const { update } = plan;
  if (update.stamps.length === 0) return [];
  const changes = update.stamps.map(
    ({ column, expression }) => `${quoteIdentifier(column)} = (${expression})`,
  );
  const where = condition === null ? "" : ` WHERE ${condition}`;
  return [
    `UPDATE excluded SET ${changes.join(", ")} FROM ${TEMPORARY.stage(plan)} AS excluded${where}`,
  ];
}

/** Values that do not fit the type of their column. */
function valueFaults(plan: TablePlan, shape: RowShape): string[] {
  return shape.columns.flatMap((name) => {
    const place = plan.table.columns.findIndex((column) => column.name === name);
    const column = plan.table.columns[place];
    if (column === undefined) return [];
    const text = `r.f${placeOf(plan, name)}`;
    return misfits(text, `s.${quoteIdentifier(name)}`, column).map(
      ({ test, number }) =>
        `SELECT r.upsurge_ord AS ord, ${KIND + place * PLACE} + ${number} AS code
FROM ${TEMPORARY.raw(plan)} AS r INNER JOIN ${TEMPORARY.stage(plan)} AS s ON s.upsurge_ord = r.upsurge_ord
WHERE r.upsurge_shape = ${shape.id} AND ${text} IS NOT NULL AND (${test})`,
    );
  });
}

/** Rows that could not be inserted: no value where there must be one, or a broken check. */
function rowFaults(plan: TablePlan, shape: RowShape, rows: string): string[] {
  const { table, update } = plan;
  const faulty = (code: number, test: string): string =>
    faultyRows(plan, code, `${rows} AND ${test}`);
  if (fires(table, "instead", "insert") || table.kind === "view") return [];
  const stamped = update.stamps.map((stamp) => stamp.column);
  const given = new Set([...shape.columns, ...stamped]);
  const missing = table.columns.flatMap((column, place) => {
    const made = column.identity !== null || column.volatileDefault;
    const isMade = column.generatedSql !== null || (made && !given.has(column.name));
    if (column.nullable || isMade) return [];
    // The server's numbers for a NULL where an identity, or any other column, must have a value.
    const number = column.identity === "always" ? 339 : 515;
    const code = 2 * KIND + place * PLACE + number;
    return [faulty(code, `${quoteIdentifier(column.name)} IS NULL`)];
  });
  const unstaged = table.columns.filter(
    (column) => column.generatedSql !== null && !isStageable(column),
  );
  // A check that cannot be held here is left to the table: rows that only update escape it.
  const broken = table.checks.flatMap(({ sql }, place) => {
    const isLeft = unstaged.some(({ name }) => names(sql, name)) || callsFunction(sql);
    return isLeft ? [] : [faulty(3 * KIND + place * PLACE + 547, `NOT (${sql})`)];
  });
  return [...missing, ...broken];
}

function faultyRows(plan: TablePlan, code: number, test: string): string {
  return `SELECT upsurge_ord AS ord, ${code} AS code FROM ${TEMPORARY.stage(plan)} WHERE ${test}`;
}

/** More queries in one statement would take long to compile, or be refused as too complex (8623). */
const MOST_QUERIES = 100;

/** Notes the first fault of each row that `queries` find, and takes the rows out. */
function noteFaults(plan: TablePlan, queries: readonly string[]): string[] {
  const statements: string[] = [];
  for (let start = 0; start < queries.length; start += MOST_QUERIES) {
    const some = queries.slice(start, start + MOST_QUERIES);
    statements.push(
      `INSERT INTO ${TEMPORARY.fault(plan)} (upsurge_ord, code)
SELECT found.ord, MIN(found.code) FROM (
${some.join("\nUNION ALL\n")}) AS found GROUP BY found.ord`,
      `DELETE FROM ${TEMPORARY.stage(plan)} WHERE upsurge_ord IN (SELECT upsurge_ord FROM ${TEMPORARY.fault(plan)})`,
    );
  }
  return statements;
}
