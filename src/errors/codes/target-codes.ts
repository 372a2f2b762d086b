/** Errors of the database: of its URL, its connection and its statements. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const TARGET_CODES = {
  TARGET_URL: {
    title: "cannot use the target {url}",
    cause: "{reason}",
    fix: "pass --to postgres://user@host/database, sqlserver://user@host/database, sqlite:path, or a path that ends in .db, .sqlite or .sqlite3",
    exit: 2,
  },
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
  TARGET_TIME_LIMIT: {
    title: "{target} ended the session by a time limit of its own",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 4,
  },
  TARGET_ALTERED: {
    title: "the table {table} was altered after the load was planned",
    cause: "{change}",
    fix: "run the same command again, which plans the load by the table as it is then; what --before alters of the table is to be altered before the load",
    exit: 4,
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
    title: "what became of the commit is not known",
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
    fix: "connect to the primary; or, where nothing but a setting makes it so, let the user write",
    exit: 75,
    retry: "backoff",
  },
  TARGET_READ_ONLY_SETTING: {
    title: "{target} takes no writes from this user",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
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
    fix: "check the path; a load of one file with --create creates the database, and its table",
    exit: 2,
  },
  TARGET_MOVED: {
    title: "{path} is no longer the file that this load writes to",
    cause: "another process has removed or renamed it, or put another file in its place",
    fix: "let that process finish, then run the same command again; nothing of this load is in the file that is there now",
    fixInParts:
      "let that process finish, put the file back if it is to hold what was loaded, then run the same command again",
    exit: 75,
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
} as const satisfies Record<string, ErrorTexts>;
