/** `--default-on-empty` and the key: a record without one would find no row, whatever it holds. Pure. */
import { shellWord } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Arbiter, FieldMapping } from "../../model/load-plan.ts";

/** Throws `OPTION_CONFLICT` for a field of the key that may be absent for being empty. */
export function refuseEmptyKeys(
  mapping: readonly FieldMapping[],
  arbiter: Arbiter | null,
  fields: readonly string[] | null,
): void {
  const found = mapping.find(
    ({ field, column }) =>
      fields?.includes(field) === true && arbiter?.columns.includes(column) === true,
  );
  if (found === undefined) return;
  const { field, column } = found;
  throw upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: `--default-on-empty ${shellWord(field)}`,
      other: `the key column ${column}`,
      reason: "a record finds its row by the key, so an empty one cannot count as absent",
    },
    { where: "--default-on-empty", fix: `leave ${shellWord(field)} out of --default-on-empty` },
  );
}
