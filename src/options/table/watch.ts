/** Options: files for those who watch loads. Joined with the other groups in `options.ts`. */
import { WRITES } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** Of the group `output`: those for monitoring and for the pages of pipelines. */
export const WATCH_OPTIONS = {
  metrics: {
    group: "output",
    kind: "text",
    value: "FILE.prom",
    summary: "Write counts, time and exit code as metrics for Prometheus; the name ends in .prom.",
    details:
      "For the textfile collector of node_exporter. The file is put in place by a rename, so that no half of it is ever read. Every series has the label `name`, the name of the file without `.prom`. The time of the last success is taken over from the file where this load fails, and where it is a dry run or a job that was skipped.",
    example: "--metrics /var/lib/node_exporter/orders.prom",
    commands: WRITES,
  },
  junit: {
    group: "output",
    kind: "text",
    value: "FILE.xml",
    summary: "Write rejects and differences as test results of JUnit; the name ends in .xml.",
    details:
      "For pages of pipelines that show test results. A table is a test suite. Rejects are failures unless `--rejects-ok` allows them; what `--check` finds to change is a failure; an error that stops the load is an error. What is told and does not change the exit code counts as skipped. The file is put in place by a rename.",
    example: "--check --diff 20 --junit drift.xml",
    commands: WRITES,
  },
} as const satisfies Record<string, OptionSpec>;
