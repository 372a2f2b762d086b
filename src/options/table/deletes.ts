/** Options: which rows a load takes away because no record has them. Joined with the other groups in `options.ts`. */
import { COLUMN_EXPRESSION, DELETE_LIMIT, FIELD_VALUE } from "../grammar.ts";
import { LOADS, LOADS_AND_RUN } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of the group `deletes`. */
export const DELETE_OPTIONS = {
  deleteMissing: {
    group: "deletes",
    kind: "flag",
    summary: "After the last record, delete the rows whose key no record has.",
    details:
      "They are counted as `removed`, and go in one statement, in the transaction of the load; other writers wait from its first statement on. The source must be whole: a stream needs `--expect-rows` or `--expect-sha256`, and a file must end in a line end. Where a record is rejected, no row is deleted and the exit code is 3. `--max-delete` says how many rows may go. A row with NULL in its key stays, unless `--null-key match` is given.",
    example: "--delete-missing",
    removes: true,
    commands: LOADS_AND_RUN,
    meaning: "given",
  },
  deleteSet: {
    group: "deletes",
    kind: "many",
    pairs: " = ",
    value: '"column = SQL"',
    grammar: COLUMN_EXPRESSION,
    summary: "Set this in the rows that no record has, instead of deleting them; may be repeated.",
    details:
      "It needs a `--delete-where` that says which rows are live, so that a row is marked once. A row whose record comes back is live again only where the load says so, with `--set`.",
    example: `--delete-missing --delete-set "deleted_at = now()" --delete-where "deleted_at is null"`,
    sql: true,
    removes: true,
    commands: LOADS,
    meaning: "given",
  },
  deleteWhere: {
    group: "deletes",
    kind: "text",
    value: "SQL",
    summary:
      "Of the rows that no record has, --delete-missing takes only those for which this holds.",
    details:
      "A condition on the row in the table, as SQL: a bare name is its column. `--max-delete 10%` counts within it.",
    example: `--delete-missing --delete-where "source = 'seed'"`,
    sql: true,
    removes: true,
    commands: LOADS,
    meaning: "given",
  },
  deleteWhen: {
    group: "deletes",
    kind: "many",
    pairs: "=",
    value: "field=value",
    grammar: FIELD_VALUE,
    summary:
      "A record whose field has this value deletes the row of its key; may be repeated, for any of them.",
    details:
      "For files of changes. The record counts as `deleted`, in its place in the order: what comes before it in the file is done, and what comes after it meets no row. Values are compared as text, as they are read: NULL, or a field that is not there, equals nothing. The field needs no column. Of such a record only the key is read, and what `--update-where` asks for; where that does not hold, or there is no row, it counts as `skipped`. A row that others refer to is a reject, ROW_REFERENCED. `--max-delete` does not count these rows: the records name them.",
    example: "--key id --delete-when op=d",
    removes: true,
    commands: LOADS,
    meaning: "given",
  },
  maxDelete: {
    group: "deletes",
    kind: "text",
    value: "N|N%",
    grammar: DELETE_LIMIT,
    summary: "How many rows a load may delete; only 100% allows all of them.",
    details:
      "Of `--delete-missing`, and of each table from which levels of `--nest` take rows with `missing`: a number of rows, or a share of those that were there before the load, within `--delete-where`. By default 10% or 10 rows, whichever is more. Beyond it the load fails, and nothing of it is kept; of a load with `missing` and `--commit N`, nothing but what was committed before. `--truncate` deletes all rows; of it, and of `--delete-missing`, `100%` allows a source without a record.",
    example: "--delete-missing --max-delete 25%",
    removes: true,
    commands: LOADS_AND_RUN,
  },
} as const satisfies Record<string, OptionSpec>;
