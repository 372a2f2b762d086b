/** Options: how people write values, and which of them are none. Joined with the other groups in `options.ts`. */
import { READS_AND_SPLIT, READS_RUN_AND_SPLIT } from "../option.ts";
import type { OptionSpec } from "../option.ts";
import { DATE_FORMAT, DECIMAL_MARK, FIELD_TOKEN, THOUSANDS_MARK } from "../value-grammar.ts";

/** The options of the group `values`. */
export const VALUE_OPTIONS = {
  decimal: {
    group: "values",
    kind: "text",
    value: "CHAR",
    grammar: DECIMAL_MARK,
    summary: "The decimal mark of the source's numbers: a comma, or a point.",
    details:
      "With `--decimal ,` the fields of numeric columns are rewritten before the database sees them: `1234,5` is 1234.5. A text that could mean another number is rejected: a point that `--thousands` does not name, groups that are not of three digits, a currency sign. JSON numbers stay as they are; JSON strings for numeric columns are read like CSV fields. Columns of other types are left alone.",
    example: "--decimal ,",
    commands: READS_RUN_AND_SPLIT,
    meaning: "given",
  },
  thousands: {
    group: "values",
    kind: "text",
    value: "CHAR",
    grammar: THOUSANDS_MARK,
    summary: "What separates the thousands of numbers: . , ' or a blank.",
    details:
      "A blank stands for no-break and thin blanks too, an apostrophe for the curved one. `1.234` is 1234 with `--thousands .`; a number may also be without groups. Groups have three digits, the first one to three, and no group begins a number with a 0.",
    example: "--decimal , --thousands .",
    commands: READS_RUN_AND_SPLIT,
    meaning: "given",
  },
  dateFormat: {
    group: "values",
    kind: "many",
    value: "FORMAT",
    grammar: DATE_FORMAT,
    summary: "How the source writes dates, by the letters of strptime; may be repeated.",
    details:
      "For columns of date and timestamp types; `column=FORMAT` names one, whatever its type, and is the only way where a database has no such types, as SQLite in a TEXT column. Only what fits a format is taken, ISO dates included: repeat the flag for a source with several. A value that fits two formats and means two days is rejected. The letters: %Y, %m, %d, %j, %b, %B, %a, %A, %H, %I, %p, %M, %S, %f, %z and %%; names are English. There is no %y: two digits tell no century.",
    example: "--date-format %d.%m.%Y",
    commands: READS_RUN_AND_SPLIT,
    meaning: "given",
  },
  binary: {
    group: "values",
    kind: "choice",
    choices: ["hex", "base64"],
    summary: "How the source writes the values of binary columns.",
    details:
      "For columns of type `bytea`, `binary`, `varbinary` and `image`, and on SQLite for those declared as BLOB, which then hold bytes instead of text. `hex` takes pairs of digits, also after `\\x` or `0x`; `base64` takes the usual alphabet, with or without the padding at the end. Blanks and line breaks within a value, and what is not whole bytes, are rejected. Without the flag the database reads the text in its own way: PostgreSQL stores the characters of a base64 text.",
    example: "--binary base64",
    commands: READS_RUN_AND_SPLIT,
    meaning: "given",
  },
  nullIn: {
    group: "values",
    kind: "many",
    pairs: "=",
    value: "field=TOKEN",
    grammar: FIELD_TOKEN,
    summary: "As --null, for one field alone; may be repeated.",
    details:
      "`field=` with nothing after it makes NULL of its empty values, whatever `--empty` says.",
    example: "--null-in uid=-1",
    commands: READS_AND_SPLIT,
    meaning: "given",
  },
  nullQuoted: {
    group: "values",
    kind: "flag",
    summary: "Take the tokens of --null and --null-in as NULL in quotes too.",
    details:
      "What COPY calls FORCE_NULL. It is about tokens: a quoted empty field is what `--empty` says, unless the empty text is a token (`--null ''`). Fields of `--keep-empty` still keep it. JSON strings are compared with the tokens anyway.",
    example: "--null NULL --null-quoted",
    commands: READS_RUN_AND_SPLIT,
    meaning: "given",
  },
  defaultOnEmpty: {
    group: "values",
    kind: "list",
    value: "a,b",
    summary: "An empty value of these fields counts as absent: the default, or no change.",
    details:
      "A row that is inserted takes the column's default, a row that is updated keeps what it has. Empty is a field with nothing in it, in quotes or not, and an empty JSON string; a token of `--null` is NULL. Not for a field of the key.",
    example: "--default-on-empty status,created_at",
    commands: READS_AND_SPLIT,
    meaning: "given",
  },
} as const satisfies Record<string, OptionSpec>;
