/** `upsurge plan`: shows what a load would do, and writes nothing. */
import { checkOptions } from "../../options/check/check-options.ts";
import { planGrants, planLoad } from "../../commands/plan.ts";
import { planJson, runPlanJson } from "../../report/plan-json.ts";
import type { PlanReport } from "../../model/report/plan-report.ts";
import { givenElsewhere } from "../../options/layers/given-elsewhere.ts";
import type { Options } from "../../options/options.ts";
import { refuseOthers } from "../../options/refuse-others.ts";
import { renderDdl, renderPlan } from "../../report/render/render-plan.ts";
import { renderRunPlan } from "../../report/render/render-run-plan.ts";
import { areFolders, planRun } from "../../run/plan-run.ts";
import { surroundingsOf } from "../context.ts";
import type { CommandContext } from "../context.ts";
import { checkRunOptions, runInputs } from "../run-inputs.ts";
import { writeResult } from "../screen.ts";

/** Plans a load of `sources` and prints the plan. */
export async function planCommand(
  sources: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { io, options, redact } = context;
  const isRun = context.manifest !== null || (await areFolders(sources));
  if (isRun) return await planLoads(sources, context);
  checkOptions(options, "plan", sources);
  if (options.grants) return await printGrants(sources, context);
  const report = await planLoad(sources, options, surroundingsOf(context));
  const planned = { ...report, given: givenElsewhere(context.layer) };
  const text = planText(planned, options);
  await writeResult(io.stdout, redact(text));
  return 0;
}

const FOLDER = {
  what: "the plan of a folder",
  reason: "its tables and keys follow from the names of its files",
  instead: "name one file with --table",
};

const MANIFEST = {
  what: "the plan of a manifest",
  reason: "it is said in the manifest, of each load by itself",
  instead: "write it in the load",
};

/** Folders, and a manifest, are planned as the run that loads them. */
async function planLoads(sources: readonly string[], context: CommandContext): Promise<number> {
  const { io, options, redact, manifest } = context;
  refuseOthers(options, "run", manifest === null ? FOLDER : MANIFEST);
  checkRunOptions(sources, context);
  const inputs = await runInputs(sources, context);
  const report = await planRun(inputs, options, surroundingsOf(context));
  const planned = { ...report, given: givenElsewhere(context.layer) };
  const text = options.json ? `${runPlanJson(planned)}\n` : renderRunPlan(planned);
  await writeResult(io.stdout, redact(text));
  return 0;
}

function planText(planned: PlanReport, { json, planDdl }: Options): string {
  if (planDdl) return renderDdl(planned, json);
  return json ? `${planJson(planned)}\n` : renderPlan(planned);
}

/** Prints what to grant for the load in place of its plan. */
async function printGrants(sources: readonly string[], context: CommandContext): Promise<number> {
  const { io, options, redact } = context;
  const grants = await planGrants(sources, options, surroundingsOf(context));
  const text = options.json ? JSON.stringify({ grants }) : grants.join("\n");
  await writeResult(io.stdout, redact(`${text}\n`));
  return 0;
}
