/** `upsurge run`: loads the files of folders, or what a manifest lists, and delivers one report. What a run is stands in `src/run/run.ts`. */
import type { Surroundings } from "../../load/surroundings.ts";
import { commitsOnce } from "../../options/grammar.ts";
import type { Options } from "../../options/options.ts";
import { renderRun, renderRunTroubles, runJson } from "../../report/render/render-run.ts";
import { renderRunSummary } from "../../report/render/render-run-summary.ts";
import { watchedRun } from "../../report/watched.ts";
import { readRunLoads } from "../../run/run-load.ts";
import type { RunInputs } from "../../run/run-load.ts";
import { run } from "../../run/run.ts";
import { maskRunReport } from "../../secrets/mask-report.ts";
import type { CommandContext } from "../context.ts";
import { runAndDeliver } from "../deliver.ts";
import { givenFiles } from "../files/refuse-overwriting.ts";
import { checkRunOptions, runInputs } from "../run-inputs.ts";

/** What a run does about the first signal. */
function onSignal({ commit }: Options): string {
  if (commitsOnce(commit)) return "undoing the run";
  return commit === "load" ? "undoing the load at hand" : "finishing the current batch";
}

/** The files of the loads; none where they cannot be found, which the run itself tells. */
async function filesOf(inputs: RunInputs, options: Options): Promise<readonly string[]> {
  const found = await readRunLoads(inputs, options).catch(() => null);
  return found?.loads.flatMap((load) => load.sources) ?? [];
}

/** So many rejects of a run are annotated. */
const ANNOTATED = 10;

/** Loads what `sources` have, folders or a manifest, and returns the exit code of the report. */
export async function runCommand(
  sources: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { options, redact } = context;
  checkRunOptions(sources, context);
  const inputs = await runInputs(sources, context);
  const work = {
    onSignal: () => onSignal(options),
    reads: async () => [...sources, ...givenFiles(options), ...(await filesOf(inputs, options))],
    run: async (surroundings: Surroundings) => {
      const report = maskRunReport(await run(inputs, options, surroundings), redact);
      const firstRejects = report.tables.flatMap((load) => load.firstRejects);
      return {
        ...report,
        firstRejects: firstRejects.slice(0, ANNOTATED),
        json: runJson(report),
        report,
        text: renderRun(report),
        troubles: renderRunTroubles(report),
        watched: watchedRun(report),
        stepSummary: renderRunSummary(report),
      };
    },
  };
  return await runAndDeliver(work, context);
}
