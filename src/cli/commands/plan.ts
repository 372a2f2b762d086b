/** `upsurge plan`: shows what a load would do, and writes nothing. */
import { checkOptions } from "../../options/check-options.ts";
import { planGrants, planLoad } from "../../commands/plan.ts";
import { planJson } from "../../report/plan-json.ts";
import type { PlanReport } from "../../model/plan-report.ts";
import type { Options } from "../../options/options.ts";
import { renderDdl, renderPlan } from "../../report/render-plan.ts";
import { surroundingsOf } from "../context.ts";
import type { CommandContext } from "../context.ts";
import { writeResult } from "../screen.ts";

/** Plans a load of `sources` and prints the plan. */
export async function planCommand(
  sources: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { io, options, redact } = context;
  checkOptions(options, "plan", sources);
  if (options.grants) return await printGrants(sources, context);
  const planned = await planLoad(sources, options, surroundingsOf(context));
  const text = planText(planned, options);
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
