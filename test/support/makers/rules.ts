/** What each distributed server refuses, by its documentation: statements, with the code and the text that it answers with. */

/** Statements that a server refuses. */
export interface Refusal {
  readonly statement: RegExp;
  readonly code: string;
  readonly message: string;
}

/** A server as it is played. */
export interface PlayedServer {
  readonly version: string;
  readonly refuses: readonly Refusal[];
  /** The most rows that a transaction may change; absent: any number. */
  readonly mostRows?: number;
  /** The longest message that it takes; absent: any. */
  readonly mostBytes?: number;
  /** What its catalog has in the place of PostgreSQL's. */
  readonly catalog?: readonly (readonly [asked: RegExp, answered: string])[];
  /** A conflict fails the first statement that writes; absent: it fails the commit. */
  readonly conflictsAtOnce?: true;
}

const unsupported = (statement: RegExp, message: string): Refusal => ({
  statement,
  code: "0A000",
  message,
});

const TEMPORARY = unsupported(
  /\btemp(?:orary)? (?:table|sequence)\b/i,
  "temporary tables are not supported",
);
const ADVISORY = unsupported(/pg_(?:try_)?advisory/i, "advisory locks are not yet implemented");
const COLUMNS = unsupported(/\b(?:xmax|ctid)\b/i, 'system column "xmax" is not supported yet');
const LOCKS = unsupported(/\block table\b/i, "this lock mode is not supported yet");
const MERGE: Refusal = {
  statement: /\bmerge into\b/i,
  code: "42601",
  message: 'syntax error at or near "MERGE"',
};

/** YugabyteDB before 2025.1, without ON COMMIT DROP, which is there and not to be relied on. */
export const YUGABYTE: PlayedServer = {
  version:
    "PostgreSQL 15.12-YB-2025.1.0.0-b0 on x86_64-pc-linux-gnu, compiled by clang version 19.1.0, 64-bit",
  refuses: [MERGE, COLUMNS, LOCKS, ADVISORY, TEMPORARY],
};

/** Aurora DSQL. */
export const DSQL: PlayedServer = {
  version: "PostgreSQL 16",
  mostRows: 3000,
  refuses: [
    TEMPORARY,
    ADVISORY,
    unsupported(/^\s*(?:savepoint|release|rollback to)\b/i, "unsupported statement: Savepoint"),
    unsupported(/^\s*truncate\b/i, "unsupported statement: Truncate"),
    unsupported(/^\s*begin isolation level\b/i, "unsupported isolation level"),
    unsupported(/^\s*do\b/i, "unsupported statement: Do"),
    unsupported(/^\s*copy\b/i, "unsupported statement: Copy"),
    LOCKS,
    COLUMNS,
    MERGE,
  ],
};

const unknownFunction = (name: string): Refusal => ({
  statement: new RegExp(`\\b${name}\\(`, "i"),
  code: "42883",
  message: `unknown function: ${name}()`,
});

const syntaxError = (statement: RegExp, near: string): Refusal => ({
  statement,
  code: "42601",
  message: `at or near "${near}": syntax error`,
});

/** CockroachDB. Columns whose names begin like its own are hidden, as those are that it makes. */
export const COCKROACH: PlayedServer = {
  version:
    "CockroachDB CCL v26.2.1 (x86_64-pc-linux-gnu, built 2026/05/18 09:12:44, go1.25.5 X:nocoverageredesign)",
  mostBytes: 16 * 1024 * 1024,
  conflictsAtOnce: true,
  catalog: [
    [/\ba\.attishidden\b/g, "(a.attname = 'rowid' or a.attname like 'crdb\\_internal\\_%')"],
    [/\bpg_opclass\b/g, "(select * from pg_catalog.pg_opclass where false)"],
    [/\bc\.relispartition\b/g, "null::boolean"],
    // PostgreSQL has no constraint UNIQUE WITHOUT INDEX: one is known by its name.
    [/\bk\.conindid = 0/g, "k.conname like 'without\\_index%'"],
  ],
  refuses: [
    TEMPORARY,
    syntaxError(/\bmerge into\b/i, "merge"),
    syntaxError(/\block table\b/i, "lock"),
    syntaxError(/\bselect from\b/i, "from"),
    syntaxError(/\*<>|\*=/, "<"),
    syntaxError(/\boverriding (?:system|user) value\b/i, "overriding"),
    unsupported(
      /\bon conflict \(\(/i,
      "unimplemented: expressions are not supported as ON CONFLICT targets",
    ),
    {
      statement: /\b(?:xmin|xmax|ctid)\b/i,
      code: "42703",
      message: 'column "xmax" does not exist',
    },
    {
      statement: /\bset (?:local )?(?:tcp_\w+|geqo|enable_\w+|lock_type)\b/i,
      code: "42704",
      message: "unrecognized configuration parameter",
    },
    ...["pg_partition_tree", "pg_get_partition_constraintdef", "hashtext"].map(unknownFunction),
    ...["pg_current_xact_id", "pg_current_xact_id_if_assigned", "pg_xact_status"].map(
      unknownFunction,
    ),
  ],
};
