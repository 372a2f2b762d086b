/** Options: columns that are filled with SQL over the fields of their record. Joined with the other groups in `options.ts`. */
import { COLUMN_EXPRESSION } from "../grammar.ts";
import { LOADS } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The option is listed with the group `mapping`. */
export const COLUMN_VALUE_OPTIONS = {
  value: {
    group: "mapping",
    kind: "many",
    pairs: " = ",
    value: '"c = EXPR"',
    grammar: COLUMN_EXPRESSION,
    summary: "Fill a column with an SQL expression over the record's fields; may be repeated.",
    details:
      "`excluded.x` is the text of the field `x`, whether or not the table has such a column: what the source has, after `--trim` and `--null`; JSON numbers, objects and arrays as they are written; `excluded.\"a.b\"` is the value `b` inside of the object `a`. The value is the column's before anything is looked up, compared or updated, so that it may be a part of the key; `--set` and `--update-where` see it as `excluded.c`. A field of the column's own name is read by the expression instead of filling the column. A JSON record that has none of the fields of an expression leaves the column alone where the value is NULL. An expression with a subquery, or that calls a function which may read tables, makes the load go record by record. See `docs/howto/values.md`.",
    example: '--value "name = trim(excluded.name)"',
    sql: true,
    commands: LOADS,
    meaning: "given",
  },
} as const satisfies Record<string, OptionSpec>;
