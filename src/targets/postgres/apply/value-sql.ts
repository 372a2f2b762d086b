/**
 * The statements of `--value` for PostgreSQL:
 *
 *   select excluded.upsurge_n as n, (trim(excluded.upsurge_f1))::text as v1
 *   from unnest($1::text[]) with ordinality as excluded(upsurge_f1, upsurge_n)
 *
 * Pure.
 */
import { RECORD_NUMBER, valueFieldName } from "../../../model/value-plan.ts";
import type { ValueColumn } from "../../../model/value-plan.ts";
import type { ValueSql } from "../../../model/sql/value-sql.ts";
import { textArray } from "../stage/array-text.ts";
import { fromText } from "../types.ts";

/** No statement is made longer than is good for it. */
const MOST = 100_000;

/** How the values of these columns are asked for; `fields`: how many fields the records have. */
export function valueSql(columns: readonly ValueColumn[], fields: number): ValueSql {
  const texts = columns.map(textOf);
  const names = Array.from({ length: fields }, (_, at) => valueFieldName(at));
  const rows = (array: (at: number) => string): string =>
    `unnest(${names.map((_, at) => array(at)).join(", ")}) with ordinality as excluded(${[...names, RECORD_NUMBER].join(", ")})`;
  const values = texts.map((text, at) => `${text} as v${at + 1}`);
  const select = `select ${[`excluded.${RECORD_NUMBER} as n`, ...values].join(", ")}`;
  const none = `generate_series(1, 0) as excluded(${RECORD_NUMBER})`;
  const numbers = `generate_series(1, $1::int) as excluded(${RECORD_NUMBER})`;
  const conditions = texts.map((text) => `${text} is null`);
  return {
    most: MOST,
    ask: (records) =>
      fields === 0
        ? { sql: `${select}\nfrom ${numbers}`, values: [records.length] }
        : {
            sql: `${select}\nfrom ${rows((at) => `$${at + 1}::text[]`)}`,
            values: names.map((_, at) => textArray(records.map((texts) => texts[at] ?? null))),
          },
    check: `select 1 as refused from ${fields === 0 ? none : rows(() => "null::text[]")} where ${conditions.join(" and ")}`,
  };
}

/** The text of the value as its column takes it; what is too long for the column stays so. */
function textOf({ expression, column }: ValueColumn): string {
  return `(${fromText(`(${expression})`, column)})::text`;
}
