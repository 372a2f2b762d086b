/** `upsurge load`: runs a load and delivers its report. The load itself is in `src/load/load.ts`. */
import { filesRead } from "../../load/files-read.ts";
import { load } from "../../load/load.ts";
import type { Surroundings } from "../../load/surroundings.ts";
import type { Options } from "../../options/options.ts";
import { commitEvery } from "../../options/grammar.ts";
import { isJob } from "../../options/is-job.ts";
import { checkOptions } from "../../options/check/check-options.ts";
import { renderReport, renderTroubles, reportJson } from "../../report/render/render-report.ts";
import { renderStepSummary } from "../../report/render/render-step-summary.ts";
import { watchedLoad } from "../../report/watched.ts";
import type { CommandContext } from "../context.ts";
import { runAndDeliver } from "../deliver.ts";
import { givenFiles } from "../files/refuse-overwriting.ts";
import { maskReport } from "../../secrets/mask-report.ts";

/** Loads `sources` and returns the exit code of the report. */
export async function loadCommand(
  sources: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { options, redact } = context;
  checkOptions(options, "load", sources);
  let settled = options;
  const work = {
    onSignal: () => onSignal(settled),
    reads: async () => [...givenFiles(options), ...(await filesRead(sources))],
    run: async (given: Surroundings) => {
      const surroundings = { ...given, onSettled: (now: Options) => void (settled = now) };
      const report = maskReport(await load(sources, options, surroundings), redact);
      return {
        ...report,
        json: reportJson(report),
        report,
        text: renderReport(report, options.verbose),
        troubles: renderTroubles(report),
        watched: watchedLoad(report),
        stepSummary: renderStepSummary(report),
      };
    },
  };
  return await runAndDeliver(work, context);
}

/** What a load does about the first signal. */
function onSignal(options: Options): string {
  if (commitEvery(options.commit) === null) return "undoing the load";
  return isJob(options) ? "finishing the current batch" : "undoing what is not committed";
}
