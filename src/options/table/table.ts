/** Options: a table that is made or changed by the load. Joined with the other groups in `options.ts`. */
import { COLUMN_TYPE } from "../grammar.ts";
import { INSPECT, LOADS, READS } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of the group `table`. */
export const TABLE_OPTIONS = {
  create: {
    group: "table",
    kind: "flag",
    summary: "Make the table if it is not there, with a column for each field.",
    details:
      "The types come from all records of the sources, from the first 100,000 (at most 64 MiB) of a stream; a later value of a stream that does not fit its column is rejected. A type is taken only where it keeps every value: codes such as 007, 1.10 as a key, or numbers with more digits than the type has, are text. The columns of `--key` become the primary key; all others may be NULL. The table is made in the transaction of the first batch: a load in one transaction that fails leaves none behind. A SQLite file that is not there is made as well. Without `--table` the table has the name of the file.",
    example: "--create --key id",
    commands: LOADS,
  },
  type: {
    group: "table",
    kind: "many",
    value: "column:TYPE",
    grammar: COLUMN_TYPE,
    sql: true,
    summary: "Give a column that is made this type; may be repeated.",
    details:
      "The type is written into the statement as it stands, with a default or a constraint behind it if you like. A column that no field fills is made as well.",
    example: "--type 'price:numeric(10,2)'",
    commands: READS,
  },
  alter: {
    group: "table",
    kind: "flag",
    summary: "Add a column for each field that has none in the table; nothing else is changed.",
    details: "New columns may be NULL, and get their types as with --create.",
    example: "--alter",
    commands: LOADS,
  },
  ddl: {
    group: "table",
    kind: "choice",
    choices: ["postgres", "sqlserver", "sqlite"],
    summary: "Print the CREATE TABLE that this database would get for the file.",
    details:
      "All records are read. --table and --key say how the table is called and what its key is.",
    example: "--ddl postgres",
    commands: INSPECT,
  },
} as const satisfies Record<string, OptionSpec>;
