/** What a run would do: `upsurge plan` of folders. Writes nothing. */
import { statementsOf } from "../load/planning/plan-statements.ts";
import type { PlanSurroundings } from "../load/surroundings.ts";
import type { RunPlanReport } from "../model/report/plan-report.ts";
import { givenElsewhere } from "../options/layers/given-elsewhere.ts";
import type { Options } from "../options/options.ts";
import { prepareRun } from "./prepare-run.ts";
import type { RunInputs } from "./run-load.ts";

export { areFolders } from "../sources/load-folder.ts";

/** Plans a run and lets the database check every load. Throws `UpsurgeError`s. */
export async function planRun(
  inputs: RunInputs,
  options: Options,
  surroundings: PlanSurroundings,
): Promise<RunPlanReport> {
  const hooks = { ...surroundings, waitMs: options.wait, writesNothing: true };
  const { connected, parts, order, inTurn, leftOut } = await prepareRun(inputs, options, hooks);
  const { session, label } = connected;
  try {
    const loads = parts.map(({ load, prepared: { plan, sources } }) => ({
      load: load.path,
      plan,
      target: label,
      server: session.version,
      sources: sources.planned,
      statements: statementsOf(session, plan),
      given: load.origin === null ? [] : givenElsewhere(load.origin.given),
    }));
    const commit = inTurn ? (options.commit ?? "end") : "end";
    return { target: label, server: session.version, loads, commit, why: order.why, leftOut };
  } finally {
    for (const { prepared } of parts) await prepared.sources.close();
    await session.close();
  }
}
