/** The report of `upsurge finish`, as text. */
import { alignColumns, formatCount, plural } from "../../errors/format.ts";
import { visibleLine } from "../../errors/visible.ts";
import { COUNT_NAMES, COUNTS } from "../../model/counts.ts";
import { levelLines } from "./render-report.ts";
import type { FinishReport } from "../../model/shards/finish-report.ts";

/** The report in a few lines. */
export function renderFinish(report: FinishReport): string {
  const { job, target, already, counts, shards, rejectFile, rejectReport, steps } = report;
  const what = already ? "was finished before" : "is finished";
  const lines = [
    `the job ${job} ${what}: ${plural(counts.read, "record")} in ${target}`,
    ...alignColumns(
      COUNT_NAMES.filter((name) => name !== "read" && counts[name] > 0).map((name) => [
        "",
        formatCount(counts[name]),
        name,
        COUNTS[name].note ?? "",
      ]),
    ),
    ...levelLines(report.levels),
    ...(shards === null ? [] : [shardLine(shards)]),
    ...steps.map(({ step, sql }) => `ran ${step}: ${sql}`),
    ...(rejectFile === null ? [] : [`rejects: ${rejectFile}, reasons: ${rejectReport ?? ""}`]),
    ...report.warnings.map((warning) => `warning: ${warning}`),
  ];
  return lines.map((line) => `${visibleLine(line)}\n`).join("");
}

function shardLine({ count, records }: NonNullable<FinishReport["shards"]>): string {
  const { least, most, mean } = records;
  const ratio = mean === 0 ? "" : `, at most ${(most / mean).toFixed(2)} times the mean`;
  return `${plural(count, "shard")}: ${formatCount(least)} to ${formatCount(most)} records each${ratio}`;
}
