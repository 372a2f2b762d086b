/** PostgreSQL's spelling for servers without its record images, inheritance or MERGE. Pure. */
import type { SqlAssignment } from "../../../sql/assignments.ts";
import type { UpsertDialect } from "../../../sql/dialect.ts";
import { foundWrites, POSTGRES, tableSql } from "../dialect.ts";
import { quoteIdentifier } from "../quote.ts";
import { asStored, hasOneImage } from "../types.ts";

/** Of distributed servers. */
export const DISTRIBUTED: UpsertDialect = {
  ...POSTGRES,
  plain: tableSql,
  target: (plan) => `${tableSql(plan)} as target`,
  changes: (assigned) => assigned.map(changes),
  ...foundWrites(tableSql),
  merge: null,
};

/** Where equal values may be stored in several ways, their texts tell: 1.0 and 1.00. */
function changes({ column, value, foreign }: SqlAssignment): string {
  const stands = `target.${quoteIdentifier(column.name)}`;
  // A text that is cut to its length would hide that it does not fit.
  const isCut = /^(?:character|bit)\b/.test(column.type) && !foreign;
  const stored = isCut ? value : asStored(value, column);
  if (hasOneImage(column)) return `${stands} is distinct from ${stored}`;
  return `(${stands})::text is distinct from (${stored})::text`;
}
