/** Options: what is set once all records are written. Joined with the other groups in `options.ts`. */
import { LOADS_AND_RUN } from "../option.ts";
import type { OptionSpec } from "../option.ts";

/** The options of columns that are set late. */
export const LATE_OPTIONS = {
  late: {
    group: "conflict",
    kind: "list",
    value: "a,b",
    summary: "Set these columns after the last record, when what they refer to is there.",
    details:
      "For rows that refer to later rows, where the foreign key cannot wait for the commit. The row is written without them; after all records they are set in file order, each by an update of the row with the record's key, without `--update-where`, `--set` and `--stamp`. A record is counted once. A value that is refused then fails the load: exit code 4, nothing is kept. A column of `--lookup` is looked up then, so that it may name rows of later records. It needs a key, and one transaction. In a run it takes `table.column`, and comes after the last load; a run uses it by itself where one foreign key or look-up closes a circle.",
    example: "--late manager_id",
    commands: LOADS_AND_RUN,
    meaning: "given",
  },
} as const satisfies Record<string, OptionSpec>;
