/**
 * The statements of `--value` for SQLite:
 *
 *   with excluded(upsurge_n, upsurge_f1) as (values (1, ?), (2, ?)),
 *     made as materialized (select excluded.upsurge_n as n, (trim(excluded.upsurge_f1)) as x1 from excluded)
 *   select n, cast(x1 as text) as v1, typeof(x1) as t1 from made
 *
 * Pure. Texts are bound one by one, since JSON has no place for U+0000; each expression is evaluated once a record.
 */
import { RECORD_NUMBER, valueFieldName } from "../../../model/value-plan.ts";
import type { ValueColumn } from "../../../model/value-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import type { ValueSql } from "../../../model/sql/value-sql.ts";
import { affinityOf } from "../catalog/types.ts";

/** A statement takes so many records, and so many parameters. */
const MOST = 500;
const MOST_PARAMETERS = 30_000;

/** How the values of these columns are asked for; `fields`: how many fields the records have. */
export function valueSql(
  columns: readonly ValueColumn[],
  fields: number,
  strict: boolean,
): ValueSql {
  const names = Array.from({ length: fields }, (_, at) => valueFieldName(at));
  const given = `excluded(${[RECORD_NUMBER, ...names].join(", ")})`;
  const made = columns.map(({ expression }, at) => `(${expression}) as x${at + 1}`);
  const shown = columns.map(
    ({ column }, at) =>
      `${textOf(`x${at + 1}`, column, strict)} as v${at + 1}, typeof(x${at + 1}) as t${at + 1}`,
  );
  const row = (n: number): string => `(${[String(n), ...names.map(() => "?")].join(", ")})`;
  const conditions = columns.map(({ expression }) => `(${expression}) is null`);
  return {
    most: Math.max(1, Math.min(MOST, Math.floor(MOST_PARAMETERS / Math.max(1, fields)))),
    ask: (records) => ({
      sql: `with ${given} as (values ${records.map((_, at) => row(at + 1)).join(", ")}),
  made as materialized (select ${[`excluded.${RECORD_NUMBER} as n`, ...made].join(", ")} from excluded)
select ${["n", ...shown].join(", ")} from made`,
      values: records.flatMap((texts) => names.map((_, at) => texts[at] ?? null)),
    }),
    check: `with ${given} as (select ${["1", ...names.map(() => "null")].join(", ")} where false)
select 1 from excluded where ${conditions.join(" and ")}`,
  };
}

/** The text that the column makes the same value of again: a cast of a REAL has 15 digits, as a column of text has them. */
function textOf(value: string, { type }: Column, strict: boolean): string {
  if (affinityOf(type, strict) === "text") return `cast(${value} as text)`;
  const endless = `when abs(${value}) = 9e999 then printf('%s9e999', iif(${value} < 0, '-', ''))`;
  return `case when typeof(${value}) <> 'real' then cast(${value} as text) ${endless} else printf('%!.17g', ${value}) end`;
}
