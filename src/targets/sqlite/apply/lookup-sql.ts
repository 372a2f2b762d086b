/**
 * The statements of look-ups for SQLite:
 *
 *   select k.key + 1 as n, count(*) as found, cast(min(p."id") as text) as id, …
 *   from json_each(?) as k join "authors" as p on p."email" = (k.value ->> 0) and p."id" is not null
 *   group by k.key
 *
 * Pure. A text is compared as the affinity of its column has it; a column without one tells a number from a text.
 */
import type { ColumnNotation } from "../../../model/load-plan.ts";
import type { LookupPlan } from "../../../model/lookup-plan.ts";
import { tellsNumbers } from "../../../model/table-shape.ts";
import type { Column } from "../../../model/table-shape.ts";
import type { KeyNumbers, KeyTexts, Lookups, LookupSql } from "../../../model/sql/lookup-sql.ts";
import { LOOKUP_SAVEPOINT } from "../../../sql/savepoints.ts";
import { quoteIdentifier } from "../quote.ts";

/** How look-ups are spelled; `isStrict` tells whether a table keeps to the types of its columns. */
export function lookups(isStrict: (table: string) => boolean): Lookups {
  return {
    sql: (lookup) => lookupSql(lookup, isStrict(lookup.parent.name.name)),
    ...LOOKUP_SAVEPOINT,
    soleWriter: true,
  };
}

const MOST = 10_000;
const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function lookupSql(lookup: LookupPlan, strict: boolean): LookupSql {
  const { parent, keys, refersTo, column, notation } = lookup;
  const table = quoteIdentifier(parent.name.name);
  const id = `p.${quoteIdentifier(refersTo.name)}`;
  const texts = keys.map(({ notation }, at) => {
    const text = `(k.value ->> ${at})`;
    return notation?.kind === "bytes" ? `unhex${text}` : text;
  });
  const conditions = keys.map(
    (key, at) => `p.${quoteIdentifier(key.column.name)} = ${texts[at] ?? ""}`,
  );
  const names = keys.map((key) => quoteIdentifier(key.column.name)).join(", ");
  const json = (of: readonly KeyTexts[], numbers: readonly KeyNumbers[] = []): string =>
    keysJson(
      of,
      numbers,
      keys.map((key) => key.column),
    );
  const isOpen = tellsNumbers(column);
  const number = isOpen ? `, max(typeof(${id}) in ('integer', 'real')) as number` : "";
  return {
    most: MOST,
    find: (of, numbers) => ({
      sql: `select k.key + 1 as n, count(*) as found, min(${textOf(id, notation)}) as id${number}
from json_each(?) as k join ${table} as p on ${[...conditions, `${id} is not null`].join(" and ")}
group by k.key`,
      values: [json(of, numbers)],
    }),
    create: (of, numbers) => ({
      sql: `insert into ${table} (${names})
select ${texts.join(", ")} from json_each(?) as k where true order by k.key
on conflict do nothing`,
      values: [json(of, numbers)],
    }),
    unfit: (key) => 1 + keys.findIndex((each, at) => isUnfit(each.column, key[at] ?? "", strict)),
  };
}

/** An array for each key, of texts and numbers. */
export function keysJson(
  of: readonly KeyTexts[],
  numbers: readonly KeyNumbers[],
  columns: readonly Column[],
): string {
  if (numbers.every((each) => each === null)) return JSON.stringify(of);
  const areOpen = columns.map(tellsNumbers);
  const values = of.map((texts, at) =>
    texts.map((text, place) => {
      const isNumber = areOpen[place] === true && numbers[at]?.[place] === true;
      return isNumber && JSON_NUMBER.test(text) ? text : JSON.stringify(text);
    }),
  );
  return `[${values.map((key) => `[${key.join(",")}]`).join(",")}]`;
}

/** The text that is read as the same value again: a cast of a REAL has 15 digits. */
function textOf(id: string, notation: ColumnNotation | undefined): string {
  if (notation?.kind === "bytes") return `hex(${id})`;
  return `case typeof(${id}) when 'real' then printf('%!.17g', ${id}) else cast(${id} as text) end`;
}

/** Other columns keep a text that is no number. */
function isUnfit({ family, identity }: Column, text: string, strict: boolean): boolean {
  return (identity === "rowid" || (strict && family === "number")) && !NUMBER.test(text);
}
