/** `plan` as a function: what a load would do, and why. Writes nothing. */
import { planLoad } from "../commands/plan.ts";
import type { Environment } from "../model/environment.ts";
import type { PlanReport } from "../model/report/plan-report.ts";
import { optionsFrom } from "./options.ts";
import type { Destination, GivenOptions } from "./options.ts";

/** The options of `plan`. */
export type PlanOptions = Omit<GivenOptions<"plan">, "to" | "table"> &
  Destination & {
    /** In place of the process's: libpq's variables and the like. */
    readonly environment?: Environment;
  };

/** Plans a load of files and lets the database check it. Throws an `UpsurgeError` for a load that cannot be planned. */
export async function plan(
  source: string | readonly string[],
  options: PlanOptions,
): Promise<PlanReport> {
  const { environment = process.env } = options;
  const patterns = typeof source === "string" ? [source] : source;
  const read = await optionsFrom("plan", options, { environment, sources: patterns });
  return await planLoad(patterns, read, { stdin: process.stdin, environment });
}
