/** `upsurge plan`: shows what a load would do, and writes nothing. */
import { checkOptions } from "../../options/check-options.ts";
import { planGrants, planLoad } from "../../commands/plan.ts";
import { planJson } from "../../report/plan-json.ts";
import { renderPlan } from "../../report/render-plan.ts";
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
  const text = options.json ? `${planJson(planned)}\n` : renderPlan(planned);
  await writeResult(io.stdout, redact(text));
  return 0;
}

/** Prints what to grant for the load in place of its plan. */
async function printGrants(sources: readonly string[], context: CommandContext): Promise<number> {
  const { io, options, redact } = context;
  const grants = await planGrants(sources, options, surroundingsOf(context));
  const text = options.json ? JSON.stringify({ grants }) : grants.join("\n");
  await writeResult(io.stdout, redact(`${text}\n`));
  return 0;
}
