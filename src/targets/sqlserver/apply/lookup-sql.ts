/**
 * The statements of look-ups for SQL Server:
 *
 *   SELECT k.n AS n, COUNT(p.[id]) AS found, MIN(CONVERT(nvarchar(4000), p.[id])) AS id, MAX(…) AS unfit
 *   FROM OPENJSON(@p1) WITH (n int, k1 nvarchar(max)) AS k
 *     LEFT JOIN [dbo].[authors] AS p ON p.[email] = CONVERT(nvarchar(100), k.k1) AND p.[id] IS NOT NULL
 *   GROUP BY k.n
 *
 * Pure. A server without OPENJSON is sent the keys one by one, as VALUES.
 */
import type { LookupPlan } from "../../../model/lookup-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import type { KeyTexts, Lookups, LookupSql, Savepoint } from "../../../model/sql/lookup-sql.ts";
import type { SqlStatement } from "../../../model/sql/sql-value.ts";
import { exactText, fromText, isMisread, misfits } from "../catalog/types.ts";
import { quoteIdentifier } from "../quote.ts";
import { readable } from "../stage/fill-raw.ts";
import { mostRows, textRows } from "./text-rows.ts";

/** What the session knows of its server. */
export interface LookupServer {
  readonly hasOpenJson: boolean;
  /** Of the database. */
  readonly collation: string;
}

/** How look-ups are spelled. */
export function lookups(context: LookupServer): Lookups {
  return {
    sql: (lookup) => lookupSql(lookup, context),
    savepoint: "SAVE TRANSACTION upsurge_lookup",
    rollback: "ROLLBACK TRANSACTION upsurge_lookup",
    endsTransaction: true,
  };
}

/** What records are undone to that hold others. */
export const RECORD_SAVEPOINT: Savepoint = {
  savepoint: "SAVE TRANSACTION upsurge_record",
  rollback: "ROLLBACK TRANSACTION upsurge_record",
};

/** The number of an error that says that a text is too long: no row has it. */
const TOO_LONG = "2628";

/** The parts of the statements. */
interface LookupParts {
  readonly table: string;
  readonly columns: readonly Column[];
  /** SQL of the values that the texts of a key come to. */
  readonly values: readonly string[];
  readonly from: (keys: readonly KeyTexts[]) => SqlStatement;
}

function lookupSql(lookup: LookupPlan, context: LookupServer): LookupSql {
  const { schema, name } = lookup.parent.name;
  const columns = lookup.keys.map(({ column }) => column);
  const parts: LookupParts = {
    table: `${quoteIdentifier(schema ?? "dbo")}.${quoteIdentifier(name)}`,
    columns,
    values: columns.map((column, at) => fromText(textAt(at, context), column)),
    from: (keys) => keysFrom(keys, columns, context),
  };
  return {
    most: mostRows(columns.length, context),
    find: findSql(lookup, parts, context),
    create: createSql(parts),
    unfit: (key) =>
      1 + columns.findIndex((column, at) => isMisread(readable(key[at] ?? "", column), column)),
  };
}

/** In parentheses: a column with a collation of its own gives the text that one on top. */
function textAt(at: number, { collation }: LookupServer): string {
  return `(k.k${at + 1} COLLATE ${collation})`;
}

/** `p.[email] = …`, one a column. */
function equalTo({ columns, values }: LookupParts): string[] {
  return columns.map(({ name }, at) => `p.${quoteIdentifier(name)} = ${values[at] ?? ""}`);
}

function findSql(
  { refersTo }: LookupPlan,
  parts: LookupParts,
  context: LookupServer,
): LookupSql["find"] {
  const { table, columns, values, from } = parts;
  const id = `p.${quoteIdentifier(refersTo.name)}`;
  const tests = columns.map((column, at) => misfits(textAt(at, context), values[at] ?? "", column));
  const long = tests.flat().filter(({ number }) => number === TOO_LONG);
  const cases = tests.flatMap((each, at) =>
    each
      .filter(({ number }) => number !== TOO_LONG)
      .map(({ test }) => `WHEN ${test} THEN ${at + 1}`),
  );
  const unfit = cases.length === 0 ? "0" : `CASE ${cases.join(" ")} ELSE 0 END`;
  const on = [...equalTo(parts), `${id} IS NOT NULL`, ...long.map(({ test }) => `NOT (${test})`)];
  return (keys) => {
    const rows = from(keys);
    return {
      sql: `SELECT k.n AS n, COUNT(${id}) AS found, MIN(${exactText(id, refersTo, "nvarchar(4000)")}) AS id, MAX(${unfit}) AS unfit
FROM ${rows.sql}
  LEFT JOIN ${table} AS p ON ${on.join(" AND ")}
GROUP BY k.n`,
      values: rows.values,
    };
  };
}

function createSql(parts: LookupParts): LookupSql["create"] {
  const { table, columns, values, from } = parts;
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  const places = columns.map((_, at) => `v${at + 1}`);
  const converted = values.map((value, at) => `${value} AS ${places[at] ?? ""}`);
  return (keys) => {
    const rows = from(keys);
    return {
      sql: `INSERT INTO ${table} (${names})
SELECT ${places.join(", ")} FROM (
  SELECT ${converted.join(", ")}, k.n AS n, ROW_NUMBER() OVER (PARTITION BY ${values.join(", ")} ORDER BY k.n) AS again
  FROM ${rows.sql}
  WHERE NOT EXISTS (SELECT 1 AS found FROM ${table} AS p WITH (UPDLOCK, HOLDLOCK) WHERE ${equalTo(parts).join(" AND ")})
) AS made WHERE again = 1 ORDER BY n`,
      values: rows.values,
    };
  };
}

/** The keys as a table `k` with the columns `n`, `k1`, `k2`… */
function keysFrom(
  keys: readonly KeyTexts[],
  columns: readonly Column[],
  server: LookupServer,
): SqlStatement {
  const read = keys.map((key) => columns.map((column, at) => readable(key[at] ?? "", column)));
  // There is no VALUES without a row.
  const isShort = read.length === 0 && !server.hasOpenJson;
  return textRows(isShort ? [columns.map(() => "")] : read, columns.length, server);
}
