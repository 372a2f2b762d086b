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
