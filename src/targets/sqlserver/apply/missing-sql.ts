/**
 * The statement that takes rows away which no record mentions, for SQL Server:
 *
 *   DELETE target FROM [dbo].[lines] AS target
 *   WHERE EXISTS (SELECT 1 AS found FROM OPENJSON(@p1) WITH (n int, k1 nvarchar(max)) AS k WHERE target.[order_id] = TRY_CONVERT(int, k.k1))
 *     AND NOT EXISTS (SELECT 1 AS found FROM OPENJSON(@p2) WITH (…) AS k WHERE …)
 *
 * Pure. A server without OPENJSON is sent the keys as literals, of which there may be any number.
 */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { missingPlan, openKeys, takeSql } from "../../../sql/missing-rows.ts";
import type { MissingDialect } from "../../../sql/missing-rows.ts";
import { updateSql } from "../../../sql/update.ts";
import type { MissingKeys, MissingSql } from "../../missing-sql.ts";
import { fromText } from "../catalog/types.ts";
import { SQL_SERVER } from "../dialect.ts";
import { tableSql } from "../names.ts";
import { quoteIdentifier, quoteLiteral } from "../quote.ts";
import { readable } from "../stage/fill-raw.ts";
import type { LookupServer } from "./lookup-sql.ts";
import { textRows } from "./text-rows.ts";

const DIALECT: MissingDialect = {
  ...SQL_SERVER,
  update: (changing) => updateSql(changing, [], SQL_SERVER),
};

/** The statements. */
export function missingSql(given: TablePlan, server: LookupServer): MissingSql {
  const plan = missingPlan(given);
  const { links, keys } = plan.missing;
  const solid = openKeys(plan).map(({ name }) => `target.${quoteIdentifier(name)} IS NOT NULL`);
  return {
    scope: `SELECT COUNT_BIG(*) AS n FROM ${tableSql(plan)} AS target`,
    take: (of, mentioned) => {
      const own = among(links, of, { server, first: 1 });
      const named = among(keys, mentioned, { server, first: own.values.length + 1 });
      const isNamed = named.sql === null ? [] : [`NOT ${named.sql}`];
      const condition = [own.sql ?? "1 = 0", ...solid, ...isNamed].join(" AND ");
      return {
        sql: takeSql(plan, DIALECT, condition),
        values: [...own.values, ...named.values],
      };
    },
  };
}

/** The test that columns of a row have one of these keys; `null`: there are none, and VALUES takes at least one. */
function among(
  columns: readonly Column[],
  { texts }: MissingKeys,
  { server, first }: { readonly server: LookupServer; readonly first: number },
): { readonly sql: string | null; readonly values: readonly (string | number | null)[] } {
  const read = texts.map((key) => columns.map((column, at) => readable(key[at] ?? "", column)));
  const rows = server.hasOpenJson
    ? textRows(read, columns.length, { ...server, first })
    : { sql: literalRows(read, columns.length), values: [] };
  if (read.length === 0 && !server.hasOpenJson) return { sql: null, values: [] };
  // In parentheses: a column with a collation of its own gives the text that one on top.
  const equal = columns.map(
    (column, at) =>
      `target.${quoteIdentifier(column.name)} = ${fromText(`(k.k${at + 1} COLLATE ${server.collation})`, column)}`,
  );
  return {
    sql: `EXISTS (SELECT 1 AS found FROM ${rows.sql} WHERE ${equal.join(" AND ")})`,
    values: rows.values,
  };
}

function literalRows(rows: readonly (readonly string[])[], width: number): string {
  const names = Array.from({ length: width }, (_, at) => `k${at + 1}`);
  const tuples = rows.map((texts) => `(${texts.map(quoteLiteral).join(", ")})`);
  return `(VALUES ${tuples.join(", ")}) AS k(${names.join(", ")})`;
}
