/** Whether a load is remembered: what follows from several options together, and is asked in several places. */
import { commitEvery } from "./grammar.ts";
import type { Options } from "./options.ts";

/** Whether a load remembers how far it has come. */
export function isJob(options: Options): boolean {
  return !options.dryRun && !options.check && wantsJob(options);
}

/** Whether it would, if it was to be kept. */
export function wantsJob({ commit, job, allowAtLeastOnce }: Options): boolean {
  return !allowAtLeastOnce && (job !== null || commitEvery(commit) !== null);
}
