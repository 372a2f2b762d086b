/**
 * Every error, once: code → what, cause, fix, exit code. `docs/reference/errors.md` is generated from this table.
 * Braces name details given by the raiser. Most codes are in `codes/`, by what they are about; those of rejected records are in
 * `row-codes.ts`.
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
import { PLAN_CODES } from "./codes/plan-codes.ts";
import { RUN_CODES } from "./codes/run-codes.ts";
import { SHARD_CODES } from "./codes/shard-codes.ts";
import { SOURCE_CODES } from "./codes/source-codes.ts";
import { STEP_CODES } from "./codes/step-codes.ts";
import { TARGET_CODES } from "./codes/target-codes.ts";

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
  ...SOURCE_CODES,
  ...TARGET_CODES,
  ...CONNECTION_CODES,
  ...PLAN_CODES,
  ...DDL_CODES,
  ...KEY_CODES,
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
