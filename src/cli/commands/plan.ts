/** `upsurge plan`: shows what a load would do, and writes nothing. */
import { checkOptions } from "../../options/check-options.ts";
import { planGrants, planLoad } from "../../commands/plan.ts";
import { planJson, runPlanJson } from "../../report/plan-json.ts";
import type { PlanReport } from "../../model/plan-report.ts";
import type { Options } from "../../options/options.ts";
import { refuseOthers } from "../../options/refuse-others.ts";
import { renderDdl, renderPlan } from "../../report/render-plan.ts";
import { renderRunPlan } from "../../report/render-run-plan.ts";
import { areFolders, planRun } from "../../run/plan-run.ts";
import { surroundingsOf } from "../context.ts";
import type { CommandContext } from "../context.ts";
import { writeResult } from "../screen.ts";

/** Plans a load of `sources` and prints the plan. */
export async function planCommand(
  sources: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { io, options, redact } = context;
  if (await areFolders(sources)) return await planFolders(sources, context);
  checkOptions(options, "plan", sources);
  if (options.grants) return await printGrants(sources, context);
  const planned = await planLoad(sources, options, surroundingsOf(context));
  const text = planText(planned, options);
  await writeResult(io.stdout, redact(text));
  return 0;
}

/** Folders are planned as the run that loads them. */
async function planFolders(folders: readonly string[], context: CommandContext): Promise<number> {
  const { io, options, redact } = context;
  refuseOthers(options, "run", "the plan of a folder");
  checkOptions(options, "run", folders);
  const planned = await planRun(folders, options, surroundingsOf(context));
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
