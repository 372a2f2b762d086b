/** `upsurge finish`: makes one finished job of the shards of a job, and prints its report. */
import { finishJob } from "../../load/shards/finish-job.ts";
import { checkOptions } from "../../options/check/check-options.ts";
import { renderFinish } from "../../report/render/render-finish.ts";
import { surroundingsOf } from "../context.ts";
import type { CommandContext } from "../context.ts";
import { writeResult } from "../screen.ts";

/** Finishes the job and returns the exit code of its report. */
export async function finishCommand(
  _sources: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { io, options, redact } = context;
  checkOptions(options, "finish");
  const report = await finishJob(options, surroundingsOf(context));
  const text = options.json ? `${JSON.stringify(report)}\n` : renderFinish(report);
  await writeResult(io.stdout, redact(text));
  return report.exit;
}
