/**
 * Every error, once: code → what, cause, fix, exit code. `docs/reference/errors.md` is generated from this table.
 * Braces name details given by the raiser. Codes of rejected records are in `row-codes.ts`.
 */

import { CONFIG_CODES } from "./codes/config-codes.ts";
import { CONNECTION_CODES } from "./codes/connection-codes.ts";
import { DDL_CODES } from "./codes/ddl-codes.ts";
import { JOB_CODES } from "./codes/job-codes.ts";
import { KEY_CODES } from "./codes/key-codes.ts";
import { LATE_CODES } from "./codes/late-codes.ts";
import { LOOKUP_CODES } from "./codes/lookup-codes.ts";
import { NEST_CODES } from "./codes/nest-codes.ts";
import { MANIFEST_CODES } from "./codes/manifest-codes.ts";
import { RUN_CODES } from "./codes/run-codes.ts";
import { SHARD_CODES } from "./codes/shard-codes.ts";
import { STEP_CODES } from "./codes/step-codes.ts";

/**
 * Whether the same load may succeed when it starts again after its last commit: at once, since it will treat some rows
 * differently (`restart`), or after a while (`backoff`).
 */
export type Retry = "no" | "restart" | "backoff";

/** What one code says, and how the process ends. */
export interface ErrorTexts {
  readonly title: string;
  readonly cause: string;
  readonly fix: string;
  /** Takes the place of the fix when parts of the load are committed. */
  readonly fixInParts?: string;
  /** Exit code of the process; the table is docs/reference/exit-codes.md. */
  readonly exit: 1 | 2 | 4 | 6 | 75;
  /** Absent: `no`. */
  readonly retry?: Retry;
}

/** Code → texts. */
export const ERROR_CODES = {
  COMMAND_UNKNOWN: {
    title: "no command {word}",
    cause: "the commands are {commands}",
    fix: "{suggestion}",
    exit: 2,
  },
  OPTION_UNKNOWN: {
    title: "unknown option {flag}",
    cause: "no option of this command has that name",
    fix: "{suggestion}",
    exit: 2,
  },
  OPTION_VALUE: {
    title: "{flag} cannot be {value}",
    cause: "it takes {expected}",
    fix: "`upsurge help load` shows every option",
    exit: 2,
  },
  OPTION_MISSING: {
    title: "{flag} is missing",
    cause: "{reason}",
    fix: "add {flag}; `upsurge help load` shows every option",
    exit: 2,
  },
  OPTION_CONFLICT: {
    title: "{flag} does not go with {other}",
    cause: "{reason}",
    fix: "leave one of them out",
    exit: 2,
  },
  SOURCE_NOT_FOUND: {
    title: "no file {path}",
    cause: "the file does not exist, or a pattern matched nothing",
    fix: "check the path; use - to read standard input",
    exit: 6,
  },
  SOURCE_IS_DIRECTORY: {
    title: "{path} is a directory",
    cause: "a source is a file, a pattern or -",
    fix: "name the files in it, for example '{path}/*.csv'; or load its files into the tables of their names: upsurge run {path} --to URL",
    exit: 6,
  },
  SOURCE_UNREADABLE: {
    title: "cannot read {path}",
    cause: "{reason}",
    fix: "check the file's permissions and the disk, then run the same command",
    exit: 6,
  },
  SOURCE_KIND: {
    title: "{path} is {kind}",
    cause: "a source is a file of CSV or JSON, plain or compressed with gzip or zstd",
    fix: "{suggestion}",
    exit: 6,
  },
  SOURCE_CORRUPT: {
    title: "{path} is corrupt",
    cause: "{reason}",
    fix: "get the file again; nothing after the last commit was kept",
    exit: 4,
  },
  SOURCE_RECORDS: {
    title: "the records of {path} are not where --records says",
    cause: "{reason}",
    fix: "correct --records",
    exit: 4,
  },
  SOURCE_QUOTE: {
    title: "a quote in {path} is not closed",
    cause: "{reason}",
    fix: "close the quote; or pass --quote '' if quotes mean nothing in this source",
    fixInParts: "close the quote in the source, or double it where it is data",
    exit: 4,
  },
  SOURCE_INCOMPLETE: {
    title: "{path} seems to be cut short",
    cause: "{reason}",
    fix: "get the source again, whole; nothing was kept",
    fixInParts: "get the source again, whole",
    exit: 4,
  },
  SOURCE_ROWS: {
    title: "{what} read, {expected} expected",
    cause: "the source does not hold as many records as --expect-rows says",
    fix: "get the source again, whole, or say how many records it has; nothing was kept",
    fixInParts: "get the source again, whole, or say how many records it has",
    exit: 4,
  },
  SOURCE_CHECKSUM: {
    title: "{path} is not the source that was expected",
    cause: "its SHA-256 is {found}, and --expect-sha256 says {expected}",
    fix: "get the source again, or the hash; nothing was kept",
    fixInParts: "get the source again, or the hash",
    exit: 4,
  },
  SOURCE_CHANGED: {
    title: "{path} is not what the job {job} has loaded",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 4,
  },
  SOURCE_HEADER: {
    title: "the header of {path} cannot be used",
    cause: "{reason}",
    fix: "correct the header, or pass over it and name all fields: --header --columns a,b,…",
    exit: 2,
  },
  SOURCE_ENCODING: {
    title: "unknown encoding {encoding}",
    cause: "no decoder has that name",
    fix: "pass a name such as utf-8, latin1, windows-1252, utf-16le or shift_jis",
    exit: 2,
  },
  TARGET_URL: {
    title: "cannot use the target {url}",
    cause: "{reason}",
    fix: "pass --to postgres://user@host/database, sqlserver://user@host/database, sqlite:path, or a path that ends in .db, .sqlite or .sqlite3",
    exit: 2,
  },
  ...CONNECTION_CODES,
  TARGET_DRIVER_MISSING: {
    title: "the driver {driver} is missing",
    cause: "drivers are optional and this target needs {driver}",
    fix: "npm install {driver}",
    exit: 2,
  },
  TARGET_UNREACHABLE: {
    title: "cannot reach {target}",
    cause: "{reason}",
    fix: "check that the server runs and the address is right, then run the same command",
    exit: 75,
    retry: "backoff",
  },
  TARGET_LOST: {
    title: "the connection to {target} was lost",
    cause: "{reason}",
    fix: "run the same command again; what was not committed was undone by the server",
    exit: 75,
    retry: "backoff",
  },
  TARGET_DOOMED: {
    title: "the database ended the whole load because of a record",
    cause: "{reason}",
    fix: "correct the record; or load a file instead of a stream: then the load starts again without the record",
    fixInParts:
      "correct the record; or load a file with --commit end: then the load starts again without the record",
    exit: 4,
    retry: "restart",
  },
  TARGET_OUTCOME_UNKNOWN: {
    title: "the connection was lost while committing",
    cause: "{reason}",
    fix: "look at the table: it holds either all of this load or none of it",
    fixInParts: "look at the table: it holds either all of the last transaction or none of it",
    exit: 75,
    retry: "backoff",
  },
  TARGET_BUSY: {
    title: "{target} is locked or overloaded",
    cause: "{reason}",
    fix: "run the same command later, or raise --lock-timeout or --retry-timeout",
    exit: 75,
    retry: "backoff",
  },
  TARGET_LOGIN: {
    title: "{target} refused the login",
    cause: "{reason}",
    fix: "check user, password and database, and the variables of the environment that name them",
    exit: 2,
  },
  TARGET_TLS: {
    title: "no trusted TLS connection to {target}",
    cause: "{reason}",
    fix: "name the CA that signed the server's certificate in the URL, or accept the risk there",
    exit: 2,
  },
  TARGET_FULL: {
    title: "{target} has no space left",
    cause: "{reason}",
    fix: "free space, then run the same command; no record was rejected for it",
    exit: 75,
    retry: "backoff",
  },
  TARGET_READ_ONLY: {
    title: "{target} is read-only",
    cause: "{reason}",
    fix: "connect to the primary",
    exit: 75,
    retry: "backoff",
  },
  TARGET_NOT_WRITABLE: {
    title: "{path} cannot be written",
    cause: "{reason}",
    fix: "make the file and its directory writable for the user that loads",
    exit: 2,
  },
  TARGET_NOT_FOUND: {
    title: "no database file {path}",
    cause: "a load creates a database only with --create: a misspelled path would go unnoticed",
    fix: "check the path; a load with --create creates the file",
    exit: 2,
  },
  TARGET_NOT_A_DATABASE: {
    title: "{path} is not a database",
    cause: "{reason}",
    fix: "check the path given to --to",
    exit: 2,
  },
  TARGET_STATEMENT: {
    title: "the database refused a statement",
    cause: "{reason}",
    fix: "run with --log-level debug to see the statements",
    exit: 4,
  },
  TARGET_ENCODING: {
    title: "{target} cannot store a character of this load",
    cause: "{reason}",
    fix: "use characters of the database's encoding in --table, --job, --checkpoint-table, --const and expressions; a name that a job is made from may be any, and a value of a record would be a reject",
    exit: 2,
  },
  TARGET_COMMIT_REFUSED: {
    title: "the database refused the commit",
    cause: "{reason}",
    fix: "a deferred constraint found a fault among the loaded rows; correct them, then run again: nothing was kept",
    fixInParts:
      "a deferred constraint found a fault among the rows of the last transaction; correct them, then run again",
    exit: 4,
  },
  PLAN_NO_TABLE: {
    title: "no table {table}",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  ...DDL_CODES,
  PLAN_UNKNOWN_FIELD: {
    title: "no column for the {field} in {table}",
    cause: "the table's columns are {columns}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_NO_KNOWN_FIELD: {
    title: "no field of {source} has a column in {table}",
    cause: "its fields are {fields}; the table's columns are {columns}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_UNKNOWN_COLUMN: {
    title: "no column {column} in {table}",
    cause: "the table's columns are {columns}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_NO_FIELD: {
    title: "the source has no field {field}",
    cause: "its fields are {fields}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_AMBIGUOUS_FIELD: {
    title: "the field {field} could be {candidates}",
    cause: "no column has exactly that name, and several differ from it only in case",
    fix: "say which: --map {field}:COLUMN",
    exit: 2,
  },
  PLAN_DUPLICATE_COLUMN: {
    title: "the column {column} is filled twice",
    cause: "{reason}",
    fix: "rename or drop one of the fields, or use --map",
    exit: 2,
  },
  ...KEY_CODES,
  PLAN_REQUIRED_COLUMN: {
    title: "the column {column} of {table} must be given",
    cause:
      "it is NOT NULL without a default and no field fills it; a row must be insertable in mode {mode}",
    fix: "add the field, or --const {column}=VALUE, or use --mode update for rows known to exist",
    exit: 2,
  },
  PLAN_READ_ONLY_COLUMN: {
    title: "the column {column} cannot be written",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_PRIVILEGE: {
    title: "missing privilege on {table}: {privilege}",
    cause: "the user of this connection lacks the privilege",
    fix: "{suggestion}",
    exit: 2,
  },
  PLAN_EXPRESSION: {
    title: "the database does not accept {flag}",
    cause: "{reason}",
    fix: "write columns as target.NAME (the row in the table) and excluded.NAME (the incoming row)",
    exit: 2,
  },
  PLAN_REFUSED: {
    title: "the database does not accept this load",
    cause: "{reason}",
    fix: "change what the message names; `upsurge plan` shows the statements and why they are as they are",
    exit: 2,
  },
  PLAN_UNSUPPORTED: {
    title: "{what} is not possible here",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  ...LOOKUP_CODES,
  ...NEST_CODES,
  ...STEP_CODES,
  ...LATE_CODES,
  ...RUN_CODES,
  ...MANIFEST_CODES,
  ...CONFIG_CODES,
  ...JOB_CODES,
  ...SHARD_CODES,
  REJECT_LIMIT: {
    title: "{message}",
    cause: "{count} rejected, and --max-rejects is {limit}",
    fix: "correct the record, or allow some with --max-rejects N and find them in the reject file; nothing was kept",
    fixInParts:
      "correct the record, or allow some with --max-rejects N and find them in the reject file",
    exit: 4,
  },
  REJECT_FILE: {
    title: "cannot write {path}",
    cause: "{reason}",
    fix: "remove or rename the file, or choose another with --reject-file",
    exit: 6,
  },
  OUTPUT_FILE: {
    title: "cannot write {path}",
    cause: "{reason}",
    fix: "check the path and the disk",
    exit: 6,
  },
  REPORT_UNREADABLE: {
    title: "no report in {path}",
    cause: "{reason}",
    fix: "name a file that --report FILE.json has written, or a folder of such files",
    exit: 6,
  },
  INTERNAL: {
    title: "upsurge has a bug: {message}",
    cause:
      "something happened that the code says cannot happen; nothing past the last commit was kept",
    fix: "please report it, with the command and the output of --log-level debug",
    exit: 1,
  },
} as const satisfies Record<string, ErrorTexts>;

/** The code of a registered error. */
export type ErrorCode = keyof typeof ERROR_CODES;
