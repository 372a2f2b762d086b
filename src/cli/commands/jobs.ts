/** `upsurge jobs`: lists the jobs of a database, forgets one, or prints how the checkpoint table is made. */
import { checkOptions } from "../../options/check/check-options.ts";
import { askJobs } from "../../commands/jobs.ts";
import type { JobsAnswer } from "../../model/report/job-list.ts";
import { renderJobs } from "../../report/render/render-jobs.ts";
import { surroundingsOf } from "../context.ts";
import type { CommandContext } from "../context.ts";
import { writeResult } from "../screen.ts";

/** Answers what was asked of the jobs of a database. */
export async function jobsCommand(
  _sources: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { io, options, redact } = context;
  checkOptions(options, "jobs");
  const answer = await askJobs(options, surroundingsOf(context));
  const text = options.json ? `${JSON.stringify(answer)}\n` : renderJobs(answer);
  await writeResult(io.stdout, redact(text));
  return exitOf(answer);
}

/** Of a job that was asked for: 0 once it is done, 75 while somebody is at it, 4 where nobody is. */
function exitOf(answer: JobsAnswer): number {
  if (answer.kind !== "jobs" || answer.only === undefined) return 0;
  const states = answer.jobs.map(({ state }) => state);
  if (states.every((state) => state === "done")) return 0;
  return states.includes("running") ? 75 : 4;
}
