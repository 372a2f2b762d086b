/** The error for SQL of a flag that the database does not take: its fix names the rows that the flag can see. */
import { upsurgeError } from "./upsurge-error.ts";

/** What takes rows away sees no incoming row. */
const TARGET_ONLY = "write columns as target.NAME, or NAME alone: the row in the table";

/** Nothing is written yet when its values are made. */
const FIELDS_ONLY =
  "write the fields of the record as excluded.NAME, which is a text: cast(excluded.NAME as numeric) is its number; no row of the table can be read so";

/** `PLAN_EXPRESSION` of the flag, for this reason. */
export function refusedExpression(flag: string, reason: string, cause: unknown): Error {
  const fix =
    flag.startsWith("--delete") || flag.includes("missing: set")
      ? TARGET_ONLY
      : flag.startsWith("--value")
        ? FIELDS_ONLY
        : columnFix(reason);
  return upsurgeError("PLAN_EXPRESSION", { flag, reason }, { cause, where: flag, fix });
}

/** A field of the record that has no column is read by the flag that may read it. */
function columnFix(reason: string): string | undefined {
  const field = /\bcolumn:? (excluded\.\S+)/.exec(reason)?.[1];
  return field === undefined
    ? undefined
    : `write columns as target.NAME (the row in the table) and excluded.NAME (the incoming row); a field that has no column fills one first: --value "COLUMN = ${field}"`;
}
