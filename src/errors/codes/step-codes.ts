/** The errors of what is run before and after the records of a load; a part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const STEP_CODES = {
  PLAN_STEP: {
    title: "{flag} would end the transaction of the load",
    cause: "its SQL holds {word}, and what comes before it would be kept or lost without the rest",
    fix: "leave {word} out of the SQL of {flag}: the load begins and commits by itself",
    exit: 2,
  },
  STEP_FAILED: {
    title: "{flag} failed",
    cause: "{reason}",
    fix: "correct the SQL of {flag}; nothing was kept",
    fixInParts: "correct the SQL of the flag that failed",
    exit: 4,
  },
  STEP_TRANSACTION: {
    title: "{flag} has ended the transaction of the load",
    cause:
      "it was over, or another one was open, when the SQL had run; a COMMIT in it has kept what came before it",
    fix: "leave COMMIT, ROLLBACK and BEGIN TRANSACTION out of the SQL of {flag}: the load begins and commits by itself",
    exit: 4,
  },
  STEP_CASCADE: {
    title: "--truncate would change rows of {other}",
    cause: "rows of {other} refer to {table}, and {constraint} deletes or changes them with it",
    fix: "delete or change the rows of {other} first, with --before; or leave --truncate out; nothing was kept",
    exit: 4,
  },
  STEP_ROWS_LEFT: {
    title: "--truncate has not emptied {table}",
    cause: "rows of it were not deleted: a trigger, a rule or a policy of the table keeps them",
    fix: "load as a user who may delete all rows of it, or change what keeps them; nothing was kept",
    exit: 4,
  },
  STEP_NO_RECORD: {
    title: "{flag} would leave {table} empty",
    cause: "{reason}",
    fix: "check the source; or add --max-delete 100% to empty the table anyway; nothing was kept",
    exit: 4,
  },
  DELETE_LIMIT: {
    title: "{flag} would {change} {missing} of {scope} of {table}",
    cause: "{reason}, and {limit}",
    fix: "check that the source is whole; or allow it with --max-delete {allow}; nothing was kept",
    exit: 4,
  },
  DELETE_FORBIDDEN: {
    title: "--delete-missing cannot delete rows of {table}",
    cause: "{reason}",
    fix: "delete or change the rows that refer to them first; or keep those that are referred to out of --delete-where; or leave --delete-missing out; nothing was kept",
    exit: 4,
  },
  DELETE_KEY_UNKNOWN: {
    title: "--delete-missing cannot tell which row a record is",
    cause: "the record lacks {column}, a part of its key, and the database makes a value for it",
    fix: "give each record a value for {column}, or leave --delete-missing out; nothing was kept",
    exit: 4,
  },
} as const satisfies Record<string, ErrorTexts>;
