/** What stays of a load that stopped after a commit, in words: above all, what running it again would do. */
import { ERROR_CODES } from "../errors/codes.ts";
import type { ErrorCode, ErrorTexts } from "../errors/codes.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import type { Counts } from "../model/counts.ts";
import type { LoadPlan } from "../model/load-plan.ts";
import { plural } from "../errors/format.ts";

const REFUSED: ReadonlySet<string> = new Set<ErrorCode>([
  "SOURCE_CHANGED",
  "JOB_OPTIONS",
  "JOB_SOURCES",
  "JOB_TABLE",
]);

/** Whether the same command is refused again after an error of this code: it goes on nowhere. */
export function isRefusedAgain(code: string): boolean {
  return REFUSED.has(code);
}

/** The fix of an error that stopped a load when these records were committed. */
export function fixInParts({ code, fix }: UpsurgeError, plan: LoadPlan, { read }: Counts): string {
  const texts: ErrorTexts = ERROR_CODES[code];
  const committed = `${plural(read, "record")} ${read === 1 ? "is" : "are"} committed and ${read === 1 ? "stays" : "stay"}`;
  if (isRefusedAgain(code)) return `${fix}; ${committed}`;
  return `${texts.fixInParts ?? fix}; ${committed}: ${ifAgain(plan)}`;
}

/** The fix of an error that stopped a load when nothing was committed, as far as that is known. `job`: `null` for none. */
export function fixOfNothing(
  { fix, fixOfJob }: UpsurgeError,
  job: { readonly isTaken: boolean } | null,
): string {
  if (job === null || fixOfJob === undefined) return fix;
  return job.isTaken ? fixOfJob.begun : fixOfJob.unknown;
}

function ifAgain({ tables: [{ mode, update, emptied }], job }: LoadPlan): string {
  if (job !== null) return "the same command goes on from there";
  const start = "the same command starts from the first record";
  if (emptied !== undefined) return `${start}, with the table emptied once more`;
  if (mode === "insert") {
    return `${start} and inserts them again, or rejects them where a unique key forbids it`;
  }
  if (update.sets.length > 0) return `${start} and applies them again, so --set counts them twice`;
  return `${start} and applies them again, which ends in the same table`;
}
