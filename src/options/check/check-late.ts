/** What `--late` does not go with: mode insert, which has no key, or a load that is committed in parts. Needs no database. */
import { commitsOnce } from "../grammar.ts";
import { namedMode } from "../mode-of.ts";
import type { Options } from "../options.ts";
import { conflict, modeText } from "../wrong-options.ts";

/** Throws OPTION_CONFLICT. */
export function checkLate(options: Options): void {
  const { late, anyConstraint, commit, deleteWhen } = options;
  if (late === null) return;
  if (anyConstraint) {
    conflict("late", "--any-constraint", "it is set by one key, which --key names");
  }
  if (commit !== null && !commitsOnce(commit)) {
    const reason = "it is set after the last record, in the transaction of all of them";
    conflict("late", `--commit ${typeof commit === "string" ? commit : commit.every}`, reason);
  }
  const valued = options.value?.find(({ column }) => late.includes(column));
  if (valued !== undefined) {
    conflict("late", `--value of ${valued.column}`, "its value is written with its record");
  }
  if (deleteWhen !== null) {
    conflict("late", "--delete-when", "what a record has set late would come back after its row");
  }
  if (namedMode(options) === "insert") {
    conflict("late", modeText(options), "it is set by the key of its record");
  }
}
