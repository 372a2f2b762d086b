/** Options: a table that the load creates or changes. Joined with the other groups in `options.ts`. */
import { COLUMN_TYPE } from "../grammar.ts";
import { LOADS } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of the group `table`. */
export const TABLE_OPTIONS = {
  create: {
    group: "table",
    explicit: "it creates a table, and is said of the load that is meant",
    kind: "flag",
    summary: "Create the table if it does not exist, with a column for each field.",
    details:
      "The types come from all records of the sources, from the first 100,000 (at most 64 MiB) of a stream; a later value of a stream that does not fit its column is rejected. A type is taken only where it keeps every value: codes such as 007, 1.10 as a key, or numbers with more digits than the type has, are text. The columns of `--key` become the primary key; all others may be NULL. The table is created in the transaction of the first batch: a load in one transaction that fails leaves none behind. A SQLite file that does not exist is created as well. Without `--table` the table has the name of the file.",
    example: "--create --key id",
    commands: LOADS,
  },
  type: {
    group: "table",
    kind: "many",
    pairs: ":",
    value: "column:TYPE",
    grammar: COLUMN_TYPE,
    sql: true,
    summary: "The type of a column that the load creates; may be repeated.",
    details:
      "The type goes into the statement as given; a default or a constraint may follow it. A column that no field fills is created as well.",
    example: "--type 'price:numeric(10,2)'",
    commands: ["load", "plan", "inspect"],
  },
  alter: {
    group: "table",
    explicit: "it adds columns to a table, and is said of the load that is meant",
    kind: "flag",
    summary: "Add a column for each field that has none in the table; nothing else is changed.",
    details: "New columns may be NULL, and get their types as with --create.",
    example: "--alter",
    commands: LOADS,
  },
  ddl: {
    group: "table",
    explicit: "it asks for something else than the command shows by itself",
    kind: "choice",
    choices: ["postgres", "sqlserver", "sqlite"],
    summary: "Print the CREATE TABLE that this database would get for the file.",
    details: "All records are read. --table and --key give the table its name and its key.",
    example: "--ddl postgres",
    commands: ["inspect"],
  },
} as const satisfies Record<string, OptionSpec>;
