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

/**
 * The fix of an error that stopped a load when nothing was committed, as far as that is known. A job reads with other
 * quotes only when it starts over, which must not be said where records of it may be committed. `job`: `null` for none.
 */
export function fixOfNothing(
  { code, fix }: UpsurgeError,
  job: { readonly isTaken: boolean } | null,
): string {
  if (code === "REJECT_LIMIT" && job?.isTaken === true) return withReset(fix);
  if (code !== "SOURCE_QUOTE" || job === null) return fix;
  return job.isTaken
    ? fix.replace("--quote ''", "--quote '' --reset-job")
    : fix.replace(/; or pass --quote ''[^;]*/, "");
}

/** A job that has committed nothing takes another flag of reading only when it starts over. */
function withReset(fix: string): string {
  const [correction = "", ...rest] = fix.split("; or allow some with ");
  return correction.includes("--")
    ? [`${correction} (add --reset-job: the job begins with another flag)`, ...rest].join(
        "; or allow some with ",
      )
    : fix;
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
