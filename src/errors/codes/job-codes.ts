/** The errors of loads that can go on where they stopped; a part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const JOB_CODES = {
  JOB_OPTIONS: {
    title: "the job {job} was begun with other options",
    cause: "{reason}",
    fix: "run it with the options of its first run; or load under another name with --job, or from the first record with --reset-job",
    exit: 2,
  },
  JOB_SOURCES: {
    title: "the job {job} cannot be continued from these sources",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  JOB_TABLE: {
    title: "the table {table} is not as the job {job} has left it",
    cause: "{reason}",
    fix: "load everything again from the first record with --reset-job; or, if nothing is missing from the table, go on where the job stopped with --keep-job",
    exit: 4,
  },
  JOB_RUNNING: {
    title: "the job {job} is running",
    cause: "{reason}",
    fix: "run the same command later; --if-locked wait waits for the other run, --if-locked skip ends with 0",
    exit: 75,
  },
  JOB_TAKEN: {
    title: "another run has taken over the job {job}",
    cause:
      "it moved the checkpoint while this run was loading; what this run had not committed was undone",
    fix: "let the other run finish, then run the same command",
    exit: 75,
  },
  JOB_UNKNOWN: {
    title: "there is no job {job}",
    cause: "{reason}",
    fix: "`upsurge jobs --to URL` lists the jobs of a database",
    exit: 2,
  },
  CHECKPOINT_TABLE: {
    title: "the checkpoint table {table} cannot be used",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  CHECKPOINT_VERSION: {
    title: "a later version of upsurge has written the job {job} in {table}",
    cause: "this version does not know all that the job remembers, and would lose it",
    fix: "run the load with the version that has begun the job, or a later one",
    exit: 2,
  },
} as const satisfies Record<string, ErrorTexts>;
