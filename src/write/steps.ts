/** The steps of a load: statements before its first batch and after its last, inside its transaction. */
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import { addCounts, noCounts } from "../model/counts.ts";
import type { Counts } from "../model/counts.ts";
import type { Step } from "../model/load-plan.ts";
import type { Session } from "../targets/target.ts";

/** What steps are run over. */
export type StepSession = Pick<Session, "execute" | "classify" | "translate">;

/**
 * Runs the steps in their order; tells what the rows they changed are counted as. Throws `STEP_*` errors, and what may pass
 * as it is.
 */
export async function runSteps(steps: readonly Step[], session: StepSession): Promise<Counts> {
  const counts = noCounts();
  for (const step of steps) {
    const changed = await runStep(step, session);
    if (step.counts !== undefined) addCounts(counts, { [step.counts]: changed });
  }
  return counts;
}

/** Runs one; answers with the rows that it changed or found. */
async function runStep(step: Step, session: StepSession): Promise<number> {
  const { kind = "change", sql, refusal } = step;
  if (kind === "script") return await runScript(step, session);
  const { rows, changed } = await orFailure(step, session, () => session.execute.run(sql));
  if (kind === "number") return Number(rows[0]?.["n"] ?? 0);
  if (kind === "assertion" && rows.length > 0 && refusal !== undefined) {
    throw upsurgeError(refusal.code, refusal.details, { where: step.name });
  }
  return changed;
}

/** The user's own SQL: whatever is wrong with it is said of its flag. */
async function runScript(step: Step, session: StepSession): Promise<number> {
  const { name } = step;
  const isOpen = await orFailure(step, session, () => session.execute.script(step.sql));
  if (!isOpen) throw upsurgeError("STEP_TRANSACTION", { flag: name }, { where: name });
  return 0;
}

/** What may pass is tried again as everywhere else, and what is missing to a statement of ours has a code of its own. */
async function orFailure<T>(step: Step, session: StepSession, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (session.classify(cause) === "transient") throw cause;
    const ours = session.translate(cause);
    if (!(ours instanceof UpsurgeError) || ours.code === "INTERNAL") throw cause;
    const isOwn = step.kind !== "script";
    if (isOwn && ours.code === "PLAN_PRIVILEGE") throw cause;
    const fix = isOwn ? OWN_FIX.replace("{flag}", step.name) : undefined;
    const details = { flag: step.name, reason: ours.why };
    throw upsurgeError("STEP_FAILED", details, { cause, where: step.name, fix });
  }
}

const OWN_FIX = "remove what the cause names, or leave {flag} out; nothing was kept";
