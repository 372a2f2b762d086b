/** What does not go together among the options about differences. Needs no database. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Options } from "../options.ts";

/** Throws OPTION_CONFLICT. */
export function checkDifferences({ diff, diffHide, dryRun, check }: Options): void {
  if (diff === null) {
    if (diffHide === null) return;
    throw upsurgeError(
      "OPTION_CONFLICT",
      {
        flag: "--diff-hide",
        other: "a load without --diff",
        reason: "no values are shown",
      },
      { where: "--diff-hide", fix: "leave --diff-hide out, or add --check --diff 20" },
    );
  }
  if (dryRun || check) return;
  throw upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: `--diff ${diff.text}`,
      other: "a load that is kept",
      reason: "it tells what a load would change, before it does",
    },
    { where: "--diff", fix: "add --check or --dry-run, or leave --diff out" },
  );
}
