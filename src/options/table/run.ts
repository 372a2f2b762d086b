/** Options: how a load is carried out. Joined with the other groups in `options.ts`. */
import { LOAD, LOADS } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of the group `run`. */
export const RUN_OPTIONS = {
  rowSource: {
    group: "run",
    kind: "choice",
    choices: ["auto", "staged", "arrays", "values"],
    default: "auto",
    summary: "How a batch reaches the server.",
    example: "--row-source arrays",
    commands: LOADS,
  },
  batchRows: {
    group: "run",
    kind: "count",
    short: "b",
    least: 1,
    value: "N",
    summary: "Rows in a batch; changes how long a load takes, never its result.",
    example: "--batch-rows 5000",
    commands: LOADS,
  },
  lockTimeout: {
    group: "run",
    kind: "duration",
    value: "TIME",
    default: "60s",
    summary: "How long to wait for a lock held by someone else.",
    example: "--lock-timeout 5m",
    commands: LOADS,
  },
  retryTimeout: {
    group: "run",
    kind: "duration",
    value: "TIME",
    default: "5m",
    summary: "How long to go on retrying after a deadlock or a lost connection; 0 turns it off.",
    details:
      "A load is one transaction, so a retry starts again from the first record; standard input cannot be read twice and is never retried.",
    example: "--retry-timeout 30m",
    commands: LOAD,
  },
  maxRejects: {
    group: "run",
    kind: "text",
    value: "N|N%",
    default: "0",
    summary:
      "Go on past this many rejected records, or this share of all; more stop the load and undo it.",
    example: "--max-rejects 1%",
    commands: LOAD,
  },
  rejectFile: {
    group: "run",
    kind: "text",
    value: "PATH",
    summary: "Where rejected records go; PATH.jsonl says why.",
    details:
      "Default: the source's name and .rejects.csv, .tsv, .ndjson or .json after its format, beside the source. Made when --max-rejects allows any, never overwritten, removed when it stays empty.",
    example: "--max-rejects 100 --reject-file bad.csv",
    commands: LOAD,
  },
  dryRun: {
    group: "run",
    kind: "flag",
    short: "n",
    summary: "Do everything, print the true counts, then undo it.",
    example: "--dry-run",
    commands: LOAD,
  },
  check: {
    group: "run",
    kind: "flag",
    summary: "A dry run that exits with 3 if anything would change.",
    example: "--check",
    commands: LOAD,
  },
} as const satisfies Record<string, OptionSpec>;
