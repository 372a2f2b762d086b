/** What `upsurge jobs` found, as text. */
import { sourceLabel } from "../../errors/source-label.ts";
import { alignColumns, formatCount, plural } from "../../errors/format.ts";
import { shellWord } from "../../errors/shell-word.ts";
import type { JobsAnswer, ListedJob } from "../../model/report/job-list.ts";

/** The answer in a few lines. */
export function renderJobs(answer: JobsAnswer): string {
  if (answer.kind === "ddl") return `${answer.ddl};\n`;
  if (answer.kind === "forgotten") {
    return `forgot the job ${answer.job}; its next run starts from the first record\n`;
  }
  return `${jobLines(answer.target, answer.jobs).join("\n")}\n`;
}

/** The shards of a job, those with nothing to tell but that they are done in one line. */
function shardLines({ job, shards = [] }: ListedJob): string[][] {
  if (shards.length === 0) return [];
  const done = shards.filter(({ state }) => state === "done").length;
  const summary =
    done === shards.length
      ? `all shards are done: upsurge finish --to URL --job ${shellWord(job)}`
      : `${done} of ${plural(shards.length, "shard")} done`;
  return [
    ["", "", summary],
    ...shards.map(({ shard, state, counts, updatedAt }) => {
      const rejected = counts.rejected === 0 ? "" : `, ${formatCount(counts.rejected)} rejected`;
      const records = state === "missing" ? "" : `${plural(counts.read, "record")}${rejected}`;
      return ["", state, records, `shard ${shard}/${shards.length}`, updatedAt];
    }),
  ];
}

function jobLines(target: string, jobs: readonly ListedJob[]): string[] {
  if (jobs.length === 0) return [`${target} has no jobs`];
  return [
    `${plural(jobs.length, "job")} in ${target}:`,
    ...alignColumns(
      jobs.flatMap((job) => {
        const { counts, sources, state, updatedAt } = job;
        const rejected = counts.rejected === 0 ? "" : `, ${formatCount(counts.rejected)} rejected`;
        return [
          [job.job, state, `${plural(counts.read, "record")}${rejected}`, updatedAt],
          ...shardLines(job),
          ...sources.map(({ name, record, byte, state: each }) => [
            "",
            each,
            `${plural(record, "record")}, ${plural(byte, "byte")}`,
            sourceLabel(name),
          ]),
        ];
      }),
    ),
  ];
}
