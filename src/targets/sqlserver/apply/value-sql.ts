/**
 * The statements of `--value` for SQL Server:
 *
 *   SELECT excluded.upsurge_n AS n, CONVERT(nvarchar(max), (TRIM(excluded.upsurge_f1))) AS v1
 *   FROM (
 *     SELECT k.n AS upsurge_n, k.k1 COLLATE … AS upsurge_f1 FROM OPENJSON(@p1) WITH (n int, k1 nvarchar(max)) AS k
 *   ) AS excluded
 *
 * Pure. A server without OPENJSON is sent the texts one by one, as VALUES.
 */
import { RECORD_NUMBER, valueFieldName } from "../../../model/value-plan.ts";
import type { ValueColumn } from "../../../model/value-plan.ts";
import type { ValueSql } from "../../../model/sql/value-sql.ts";
import { exactStyle } from "../catalog/types.ts";
import type { LookupServer } from "./lookup-sql.ts";
import { mostRows, textRows } from "./text-rows.ts";

/** How the values of these columns are asked for; `fields`: how many fields the records have. */
export function valueSql(
  columns: readonly ValueColumn[],
  fields: number,
  server: LookupServer,
): ValueSql {
  const texts = columns.map(textOf);
  const values = texts.map((text, at) => `${text} AS v${at + 1}`);
  const collated = (text: string, at: number): string =>
    `${text} COLLATE ${server.collation} AS ${valueFieldName(at)}`;
  const places = Array.from({ length: fields }, (_, at) => at);
  const given = places.map((at) => collated(`k.k${at + 1}`, at));
  const none = places.map((at) => collated("CONVERT(nvarchar(max), N'')", at));
  const conditions = texts.map((text) => `${text} IS NULL`);
  return {
    most: mostRows(fields, server),
    ask: (records) => {
      const rowsOfTexts = records.map((texts) => places.map((at) => texts[at] ?? null));
      const from = textRows(rowsOfTexts, fields, server);
      return {
        sql: `SELECT ${[`excluded.${RECORD_NUMBER} AS n`, ...values].join(", ")}
FROM (
  SELECT ${[`k.n AS ${RECORD_NUMBER}`, ...given].join(", ")} FROM ${from.sql}
) AS excluded`,
        values: from.values,
      };
    },
    check: `SELECT 1 AS refused FROM (
  SELECT ${[`0 AS ${RECORD_NUMBER}`, ...none].join(", ")}
) AS excluded WHERE 1 = 0 AND ${conditions.join(" AND ")}`,
  };
}

/** The value as a text that its column reads as the same value; a text stays what it is, whatever the style. */
function textOf({ expression, column }: ValueColumn): string {
  const isExact = /^(?:decimal|numeric|(?:big|small|tiny)?int)\b/.test(column.type);
  const style = isExact ? 2 : exactStyle(column);
  return `CONVERT(nvarchar(max), (${expression})${style === null ? "" : `, ${style}`})`;
}
