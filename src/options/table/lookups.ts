/** Options: columns that are filled with what a record names in another table. Joined with the other groups in `options.ts`. */
import { LOOKUP_VALUE } from "../lookup-grammar.ts";
import { LOADS } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of look-ups; they are listed with the group `mapping`. */
export const LOOKUP_OPTIONS = {
  lookup: {
    group: "mapping",
    kind: "many",
    pairs: " = ",
    value: '"column = table(column = field)"',
    grammar: LOOKUP_VALUE,
    summary:
      "Fill a column with the id of the row that fields name in another table; may be repeated.",
    details:
      "`author_id = authors(email = author_email)` finds the row of `authors` whose `email` is the value of the field `author_email`. A field of the same name is left out: `authors(email)`; several columns are separated by commas: `people(first = fn, last = ln)`. The column that is taken is the one that the foreign key of `author_id` refers to, or is said: `-> id`. Names with blanks at their ends, commas, quotes, parentheses or equals signs are in double quotes. Where all of these fields are empty or NULL, so is the column; where some are, the record is rejected. A constant of `--const` will do for a field. See `docs/howto/look-ups.md`.",
    example: "--lookup 'author_id = authors(email = author_email)'",
    commands: LOADS,
    meaning: "given",
  },
  lookupMissing: {
    group: "mapping",
    explicit: "it can add rows to other tables, and is said of the load that is meant",
    kind: "choice",
    choices: ["reject", "null", "insert"],
    summary: "What --lookup does where the other table has no such row.",
    details:
      "`reject`, which is what happens by default, rejects the record; `null` leaves the column NULL, `insert` makes the row with what it was looked up by; such rows are counted as `created`, and a row that it names is no missing one to a `--delete-missing` of the same run. It needs a unique key on columns of the look-up.",
    example: "--lookup-missing insert",
    commands: LOADS,
    meaning: "given",
  },
} as const satisfies Record<string, OptionSpec>;
