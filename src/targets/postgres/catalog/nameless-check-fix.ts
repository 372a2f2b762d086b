/** What to do about a row that no partition takes, or that no policy lets the user write. Pure. */
import type { TableShape } from "../../../model/table-shape.ts";
import { tableSql } from "../../../sql/unique-index.ts";
import { PRIVILEGE } from "../errors.ts";
import { quoteIdentifier } from "../quote.ts";
import { POLICY_FIX } from "../words.ts";

const LEFT_OUT =
  "or pass --max-rejects N to leave such records out, which the reject file then keeps";

/**
 * The fix of a row that is refused by a check without a name: that of a policy, of the partitions, or of the partition that is
 * loaded itself. `null` for a view, whose own check it is.
 */
export function namelessCheckFix(table: TableShape, state: string | null): string | null {
  return state === PRIVILEGE ? `correct the record; or ${POLICY_FIX}` : partitionFix(table);
}

function partitionFix({ kind, name, images }: TableShape): string | null {
  if (kind === "table") {
    return "correct the value; or load into the table that this one is a partition of, which takes rows for any of its partitions";
  }
  if (kind !== "partitioned") return null;
  // Of the table and of all its partitions that have partitions themselves.
  const keys = (images?.seen ?? []).filter((text) => /^(?:HASH|LIST|RANGE) \(/.test(text));
  const first = "create the partition that the record belongs to, and load again";
  if (keys.length !== 1 || keys[0]?.startsWith("HASH") === true) return `${first}; ${LEFT_OUT}`;
  const table = tableSql(name, quoteIdentifier);
  const rest = tableSql({ ...name, name: `${name.name}_default` }, quoteIdentifier);
  return `${first}; or one for all records that no other takes: create table ${rest} partition of ${table} default; ${LEFT_OUT}`;
}
