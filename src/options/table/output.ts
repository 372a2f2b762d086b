/** Options: what a load tells, and where. Joined with the other groups in `options.ts`. */
import { WRITES } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of the group `output`. */
export const OUTPUT_OPTIONS = {
  planDdl: {
    group: "output",
    explicit: "it asks for something else than the command shows by itself",
    kind: "flag",
    spelling: "--ddl",
    summary: "Print only the statements that would create the table or its columns.",
    example: "--create --ddl",
    commands: ["plan"],
  },
  progress: {
    group: "output",
    kind: "choice",
    choices: ["auto", "bar", "log", "json", "none"],
    default: "auto",
    summary: "Progress on stderr; auto: a bar on a terminal, else a line now and then.",
    example: "--progress none",
    commands: ["load", "run", "split"],
  },
  json: {
    group: "output",
    kind: "flag",
    summary: "The report as one line of JSON on stdout.",
    example: "--json",
    commands: ["load", "run", "plan", "inspect", "jobs", "finish", "split"],
  },
  grants: {
    group: "output",
    explicit: "it asks for something else than the command shows by itself",
    kind: "flag",
    summary: "Print, instead of the plan, the statements that grant just what this load needs.",
    details:
      "They are for the user of `--to`, and an administrator runs them. A missing privilege does not stop this plan; anything else that is wrong with the load does.",
    example: "--grants",
    commands: ["plan"],
  },
  report: {
    group: "output",
    kind: "text",
    value: "FILE",
    summary:
      "Write the report to this file: as JSON where its name ends in .json, as a page where it ends in .html.",
    details:
      "The file gets its name once it is whole. It then replaces one that is there, but never a file that the load reads. The page needs nothing else: no script, no network. The report as JSON then tells also where the time went, the plan with its statements, and rejects by column, and `upsurge report` makes a page of it later.",
    example: "--report load.json",
    commands: WRITES,
  },
  out: {
    group: "output",
    explicit: "it names the page that one call makes",
    kind: "text",
    value: "FILE.html",
    summary: "Write the page to this file; its name ends in .html.",
    example: "--out page.html",
    commands: ["report"],
  },
  logLevel: {
    group: "output",
    kind: "choice",
    choices: ["silent", "error", "warn", "info", "debug", "trace"],
    default: "warn",
    env: ["UPSURGE_LOG_LEVEL"],
    summary: "How much to log on stderr; debug shows the SQL.",
    example: "--log-level debug",
    commands: ["load", "run", "plan", "inspect", "jobs", "finish", "split", "report"],
  },
  logFormat: {
    group: "output",
    kind: "choice",
    choices: ["pretty", "json"],
    default: "pretty",
    env: ["UPSURGE_LOG_FORMAT"],
    summary: "Logs for people or for machines.",
    details:
      "With `json` every line on stderr is a JSON object: errors, progress and signals as well, told by `event`. Each has the `runId` of the report, and `level`, `time` and `msg`. Lines for people have no colours where NO_COLOR is set or TERM is dumb.",
    example: "--log-format json",
    commands: ["load", "run", "plan", "inspect", "jobs", "finish", "split", "report"],
  },
  verbose: {
    group: "output",
    kind: "flag",
    short: "v",
    summary: "Say in the summary by which strategy and row source the records were written.",
    example: "--verbose",
    commands: WRITES,
  },
  quiet: {
    group: "output",
    kind: "flag",
    short: "q",
    summary: "No progress and no summary; errors, rejects and warnings still show, on stderr.",
    example: "--quiet",
    commands: ["load", "run", "split"],
  },
} as const satisfies Record<string, OptionSpec>;
