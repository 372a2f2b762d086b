/** Options: how a load is carried out. Joined with the other groups in `options.ts`. */
import { COMMIT_RULE, REJECT_LIMIT } from "../grammar.ts";
import { CONNECTS, LOADS, LOADS_AND_RUN, WRITES } from "../option.ts";
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
    commands: LOADS_AND_RUN,
  },
  batchRows: {
    group: "run",
    kind: "count",
    short: "b",
    least: 1,
    value: "N",
    summary: "Rows in a batch; changes how long a load takes, never its result.",
    details:
      "Without it each database has a size of its own, which `upsurge plan` shows. On PostgreSQL it is twice as large where an answer takes 20 ms or more, and four times from 40 ms on; several fill what `--commit N` takes at once; a batch of large records has fewer rows, and no more than 8 MB of them.",
    example: "--batch-rows 5000",
    commands: LOADS_AND_RUN,
  },
  commit: {
    group: "run",
    kind: "text",
    wholeRun: "top",
    value: "end|N|load",
    grammar: COMMIT_RULE,
    summary:
      "Commit once, at the end (all or nothing), or after every N records; run again, such a load goes on where it stopped.",
    details:
      "Without it a load is committed once, at its end (`end`). Only where the transactions of a server take few records, as those of Aurora DSQL do, it is committed after every N that they take, with a warning; `--commit end` asks for one transaction there, too. With N, each commit takes along how far the load has come (see --job), so that every record is applied exactly once, whatever happens in between. N also bounds a batch. A dry run commits nothing and is one transaction. A run commits once for all of its loads (`end`, or `all`), once for each (`load`), or is with N a job of all of them, which goes on with the load at which it stopped.",
    example: "--commit 100000",
    commands: LOADS_AND_RUN,
  },
  writers: {
    group: "run",
    kind: "count",
    notInRun: "the loads of a run share one connection",
    least: 1,
    most: 16,
    value: "N",
    default: "1",
    summary: "Write over this many connections at once; needs --commit N.",
    details:
      "Records with the same key always go to the same connection, in the order of the file, so the table and the counts are those of one connection. Where that cannot be told, one connection writes, and `upsurge plan` says why.",
    example: "--writers 4 --commit 100000",
    commands: LOADS,
  },
  only: {
    group: "run",
    kind: "list",
    wholeRun: true,
    value: "a,b",
    summary: "Load only these tables of the run.",
    details: "By the names of the tables, as the plan of the run shows them.",
    example: "--only countries,customers",
    commands: ["run", "plan"],
  },
  envFile: {
    group: "run",
    explicit: "its variables are there before any other is looked at",
    kind: "text",
    notInRun: "its variables are there before the manifest is read",
    value: "FILE",
    summary: "A file of variables, NAME=value a line; the environment comes first.",
    details:
      "For `${NAME}` in a manifest or a config, and for everything that is taken from the environment, such as `PGPASSWORD`. Values may be in quotes, a line may begin with `export`, and `#` begins a comment. Only a file that is named here is read.",
    example: "--env-file .env",
    commands: ["load", "run", "plan", "inspect", "jobs", "finish", "split"],
  },
  wait: {
    group: "run",
    kind: "duration",
    wholeRun: true,
    value: "TIME",
    default: "0s",
    summary: "How long to wait for a server that is not there yet; 0 tries once.",
    details:
      "For a database that starts together with the load. Only the first connection is waited for, and only while nothing answers or the server takes nobody in yet: a login that is refused and a database that does not exist end the command at once. Once it was there, `--retry-timeout` counts.",
    example: "--wait 60s",
    commands: CONNECTS,
  },
  lockTimeout: {
    group: "run",
    kind: "duration",
    wholeRun: true,
    value: "TIME",
    default: "60s",
    summary: "How long to wait for a lock held by someone else.",
    example: "--lock-timeout 5m",
    commands: ["load", "run", "plan", "finish"],
  },
  statementTimeout: {
    group: "run",
    kind: "duration",
    wholeRun: true,
    value: "TIME",
    default: "30m",
    summary: "How long one statement may take before the connection is given up; 0 turns it off.",
    details:
      "A network that drops everything never says so: after this time without an answer the connection counts as lost, and the load is tried again as after any lost connection. It bounds the copying and the writing of one batch, a wait for a lock, and the commit; a smaller `--batch-rows` makes for shorter statements. SQLite has no connection to lose.",
    example: "--statement-timeout 2h",
    commands: ["load", "run", "plan", "finish"],
  },
  retryTimeout: {
    group: "run",
    kind: "duration",
    wholeRun: true,
    value: "TIME",
    default: "5m",
    summary: "How long to go on retrying after a deadlock or a lost connection; 0 turns it off.",
    details:
      "A retry starts again after the last commit: with `--commit end` from the first record. The time counts from the first of several failures without a commit between them. Standard input cannot be read twice: there, run the same command again.",
    example: "--retry-timeout 30m",
    commands: WRITES,
  },
  grace: {
    group: "run",
    kind: "duration",
    wholeRun: true,
    value: "TIME",
    default: "10s",
    summary: "How long a load that commits in parts may take to finish its batch after a signal.",
    details:
      "A load in one transaction is undone at once. A second signal ends the process at once.",
    example: "--grace 30s",
    commands: WRITES,
  },
  maxRejects: {
    group: "run",
    kind: "text",
    value: "N|N%",
    default: "0",
    grammar: REJECT_LIMIT,
    summary:
      "Go on past this many rejected records, or this share of all; more stop the load and undo what is not committed.",
    details:
      "With --shard a number is one limit for all shards together, and a share is one of the records of each shard: where each of them keeps it, the whole load does.",
    example: "--max-rejects 1%",
    commands: WRITES,
  },
  rejectsOk: {
    group: "run",
    kind: "flag",
    wholeRun: true,
    summary: "Exit with 0, not 3, when records were rejected and --max-rejects allows them.",
    details:
      "For Kubernetes, systemd and others that know only one success. The summary and the report still say `rejects`, and more rejects than allowed stop the load with exit code 4. With `--delete-missing` the exit code is 3 all the same, since no row was deleted.",
    example: "--rejects-ok",
    commands: ["load", "run", "finish"],
  },
  rejectFile: {
    group: "run",
    kind: "text",
    value: "PATH",
    summary: "Where rejected records go; PATH.jsonl says why.",
    details:
      "Default: the source's name and .rejects.csv, .tsv, .ndjson or .json after its format, next to the source. Made when --max-rejects allows any, never overwritten, removed when it stays empty. `{date}` and `{time}` stand for the time at which the load began, in UTC: 2026-05-31 and 13-57-47. A job keeps the name that its first run has made.",
    example: "--max-rejects 100 --reject-file 'bad-{date}.csv'",
    commands: ["load"],
  },
  dryRun: {
    group: "run",
    kind: "flag",
    wholeRun: true,
    short: "n",
    summary: "Do everything, print the true counts, then undo it.",
    example: "--dry-run",
    commands: WRITES,
  },
  check: {
    group: "run",
    kind: "flag",
    wholeRun: true,
    summary: "A dry run that exits with 3 if anything would change.",
    example: "--check",
    commands: WRITES,
  },
} as const satisfies Record<string, OptionSpec>;
