/**
 * Distributed servers that speak PostgreSQL's protocol, and what each of them has of PostgreSQL by its own documentation. None
 * was at hand: the tests play them (`test/support/makers`).
 */

/** A server of this kind. */
export interface Maker {
  readonly name: string;
  /** Begins a transaction that sees one snapshot: a change of what it has read by another session fails one of them with 40001. */
  readonly begin: string;
  /** A statement that fails can be undone by itself. */
  readonly savepoints: boolean;
  /** It may have advisory locks; one that has none says so with 0A000. */
  readonly advisoryLocks: boolean;
  /** The most records to commit at once; `null`: any number. */
  readonly commitRows: number | null;
  /** Whose catalog it has. */
  readonly catalog: "postgres" | "cockroach";
  /** ON CONFLICT takes expressions of an index, and OVERRIDING SYSTEM VALUE stands in an INSERT. */
  readonly insertsAsPostgres: boolean;
  /** So many bytes of values go in one statement; `null`: as many as 1,000 rows have. */
  readonly statementBytes: number | null;
  /** What follows, a sentence each, for `upsurge plan`. */
  readonly why: readonly string[];
}

const SNAPSHOT = "begin isolation level repeatable read read write";

const LOOKS =
  "without temporary tables, MERGE, table locks or xmax: rows are sent as arrays, those that are there are looked up, and INSERT … ON CONFLICT writes them; one transaction sees one snapshot, and is done again where another changes what it has seen (40001)";

/**
 * YugabyteDB: no MERGE, system columns (`xmax`) or table locks, advisory locks since 2025.1, ON COMMIT DROP unreliable; COPY
 * commits every 20,000 rows outside of a transaction.
 */
const YUGABYTE: Maker = {
  name: "YugabyteDB",
  begin: SNAPSHOT,
  savepoints: true,
  advisoryLocks: true,
  commitRows: null,
  catalog: "postgres",
  insertsAsPostgres: true,
  statementBytes: null,
  why: [LOOKS],
};

/**
 * Aurora DSQL: no temporary tables, savepoints, TRUNCATE, triggers, foreign keys, sequences or PL/pgSQL; no isolation level may be
 * named; 3,000 rows and 10 MiB a transaction, the row of the checkpoint included; DDL in transactions of its own.
 */
const DSQL: Maker = {
  name: "Aurora DSQL",
  begin: "begin",
  savepoints: false,
  advisoryLocks: false,
  commitRows: 2500,
  catalog: "postgres",
  insertsAsPostgres: true,
  statementBytes: null,
  why: [
    LOOKS,
    "without savepoints: a transaction with a record at fault is done again without that record",
    "a transaction changes at most 3,000 rows",
  ],
};

/**
 * CockroachDB from 25.3 on, since when its catalog tells of triggers: no temporary tables by default, MERGE, table locks or system
 * columns; advisory locks that do nothing before 26.3; serializable transactions, of which one of two that meet fails with 40001
 * at any statement; no message of more than 16 MiB.
 */
const COCKROACH: Maker = {
  name: "CockroachDB",
  begin: "begin isolation level serializable read write",
  savepoints: true,
  advisoryLocks: false,
  commitRows: null,
  catalog: "cockroach",
  insertsAsPostgres: false,
  statementBytes: 4 * 1024 * 1024,
  why: [LOOKS],
};

const KNOWN: readonly (readonly [word: RegExp, maker: Maker])[] = [
  [/^PostgreSQL [^\n]*-YB-/, YUGABYTE],
  // It says no more than that.
  [/^PostgreSQL \d+$/, DSQL],
  [/^CockroachDB \S+ v(?:25\.[3-9]|2[6-9]\.|[3-9]\d\.)/, COCKROACH],
];

/** The maker of a server with this `version()`; `null`: none of them. */
export function makerOf(version: string): Maker | null {
  return KNOWN.find(([word]) => word.test(version.trim()))?.[1] ?? null;
}
