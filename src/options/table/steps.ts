/** Options: what is run before the first record and after the last. Joined with the other groups in `options.ts`. */
import { SQL_SCRIPT } from "../grammar.ts";
import { LOADS } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of the group `steps`. */
export const STEP_OPTIONS = {
  truncate: {
    group: "steps",
    kind: "flag",
    summary: "Empty the table before the first record, in the same transaction.",
    details:
      "The rows are counted as `removed`. TRUNCATE where no other table refers to it and this user may, else DELETE; rows of other tables are never deleted with it. Refused where the source holds no record, unless `--max-delete 100%` is given. A load that fails leaves the old rows; a job empties the table once, in its first transaction.",
    example: "--truncate",
    removes: true,
    commands: LOADS,
    meaning: "given",
  },
  before: {
    group: "steps",
    kind: "many",
    value: "SQL",
    grammar: SQL_SCRIPT,
    summary: "Run this SQL in the transaction before the first record; may be repeated.",
    details:
      "It may hold several statements; their results are ignored. With `--truncate` it comes first, and still sees the rows. It must leave the transaction open: no COMMIT, no ROLLBACK. A job runs it once, in its first transaction.",
    example: '--before "insert into old_orders select * from orders"',
    sql: true,
    removes: true,
    commands: LOADS,
  },
  after: {
    group: "steps",
    kind: "many",
    value: "SQL",
    grammar: SQL_SCRIPT,
    summary: "Run this SQL in the transaction after the last record; may be repeated.",
    details:
      "As `--before`. With `--commit N` it runs in the last transaction; an error in it fails the load before its last commit.",
    example: '--after "refresh materialized view totals"',
    sql: true,
    removes: true,
    commands: ["load", "plan", "finish"],
  },
  syncSequences: {
    group: "steps",
    explicit: "it sets sequences, and is said of the load that is meant",
    kind: "flag",
    summary: "Move the sequences of id columns past the ids that the load has written.",
    details:
      "Forward only, and after the last commit, since moving a sequence cannot be undone; a dry run prints the statements. SQL Server and SQLite move their counters by themselves.",
    example: "--sync-sequences",
    commands: ["load", "run", "plan", "finish"],
  },
} as const satisfies Record<string, OptionSpec>;
