/** Options: what a dry run tells of the rows that would change. Joined with the other groups in `options.ts`. */
import { DIFFERENCE_LIMIT } from "../grammar.ts";
import { WRITES } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** Of the group `output`: those about differences. */
export const DIFFERENCE_OPTIONS = {
  diff: {
    group: "output",
    kind: "text",
    value: "N|all",
    grammar: DIFFERENCE_LIMIT,
    summary: "With --check or --dry-run: print the first N rows that would change, and how.",
    details:
      "What the table holds before the load is compared with what it would hold after it, in the order of the key: `+` a new row, `-` one that would go, `~` one that would change, with the old and the new value of each column, and `?` one that no record has and that stays, since `--delete-missing` is not given. With `0` only their numbers are printed; with `all`, all of them. The report has the same rows, their values whole. The table is copied for it, and other writers are kept out until the end of the dry run.",
    example: "--check --diff 20",
    commands: WRITES,
  },
  diffHide: {
    group: "output",
    kind: "list",
    value: "a,b",
    summary: "Columns whose values --diff does not show.",
    details: "That such a column would change is told, and not from what to what.",
    example: "--diff-hide password_hash,updated_at",
    commands: WRITES,
  },
} as const satisfies Record<string, OptionSpec>;
