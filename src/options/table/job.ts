/** Options: jobs, which go on where they stopped. Joined with the other groups in `options.ts`. */
import { DEFAULT_CHECKPOINT_TABLE } from "../../model/checkpoint.ts";
import { LOADS, WRITES } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of the group `job`. */
export const JOB_OPTIONS = {
  job: {
    group: "job",
    wholeRun: "top",
    kind: "text",
    value: "NAME",
    summary:
      "The name that the load goes on under when it is run again; a finished one is not repeated.",
    summaryIn: {
      jobs: "List this job alone; of a job with shards, each of them.",
      finish: "The job whose shards have all been loaded.",
    },
    details:
      "A load that commits in parts is always a job; without this flag its name is made from the target, the table, the key and the sources. The name is kept in the checkpoint table of the database, with the place up to which every record has been applied and a hash of everything before it. With `--commit end` the job is one transaction, and a finished one is known. A load without this flag is forgotten once it has finished, where to load it again comes to the same: plain updates by key, without rejects. Each load of a run is a job called NAME/TABLE.",
    example: "--job orders-2026-05",
    commands: ["load", "run", "plan", "jobs", "finish"],
  },
  followAppend: {
    group: "job",
    notInRun: "the loads of a run are whole files",
    kind: "flag",
    summary: "Load what was added to a source since the job has finished it.",
    details:
      "A last line of CSV or NDJSON without its line end is still being written: it is left for the next run, and said, as is a record whose quote is not closed yet.",
    example: "--job events --follow-append",
    commands: LOADS,
  },
  resetJob: {
    group: "job",
    explicit: "it makes a job start over, and is said of the load that is meant",
    wholeRun: true,
    kind: "flag",
    summary: "Forget how far the job has come, and start from the first record.",
    details:
      "Everything is applied again: plain updates end in the same table, `--set` counts records twice.",
    example: "--job orders --reset-job",
    commands: WRITES,
  },
  keepJob: {
    group: "job",
    wholeRun: true,
    kind: "flag",
    summary:
      "Go on where the job stopped, although its table was dropped and made again, or is empty.",
    details:
      "A job remembers which table it has written to. Without this flag it stops with exit code 4 where the table is another one of that name, or holds no row; --reset-job loads everything again.",
    example: "--job orders --keep-job",
    commands: WRITES,
  },
  ifLocked: {
    group: "job",
    wholeRun: true,
    kind: "choice",
    choices: ["fail", "wait", "skip"],
    default: "fail",
    summary: "What to do while another run of the job is running; skip ends with 0.",
    details:
      "`fail` ends with 75, `wait` waits for the other run until --retry-timeout is used up and goes on where it stopped.",
    example: "--job orders --if-locked skip",
    commands: WRITES,
  },
  allowAtLeastOnce: {
    group: "job",
    notInRun: "a run that commits in parts is a job",
    kind: "flag",
    summary:
      "Commit in parts without a checkpoint: a load that is run again starts from its beginning.",
    details:
      "For databases where no checkpoint table can be had. Plain updates end in the same table, unless somebody else writes to it in between; `--set` counts the records before the last commit twice, and mode insert inserts or rejects them again.",
    example: "--commit 50000 --allow-at-least-once",
    commands: LOADS,
  },
  checkpointTable: {
    group: "job",
    wholeRun: true,
    kind: "text",
    value: "NAME",
    default: DEFAULT_CHECKPOINT_TABLE,
    summary: "The table that jobs are kept in; created if it does not exist.",
    example: "--checkpoint-table ops.upsurge_checkpoint",
    commands: ["load", "run", "plan", "jobs", "finish"],
  },
  printDdl: {
    group: "job",
    explicit: "it asks for something else than the command shows by itself",
    kind: "flag",
    summary: "Print the statement that creates the checkpoint table, for a user who may run it.",
    example: "--print-ddl",
    commands: ["jobs"],
  },
  forget: {
    group: "job",
    explicit: "it makes a job start over, and is said of the job that is meant",
    kind: "text",
    value: "NAME",
    summary: "Forget a job: its next run starts from the first record.",
    example: "--forget orders-2026-05",
    commands: ["jobs"],
  },
} as const satisfies Record<string, OptionSpec>;
