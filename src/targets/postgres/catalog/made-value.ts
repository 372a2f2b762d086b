/** How PostgreSQL makes the value of a column that a row leaves to it. Pure. */
import type { MadeValue } from "../../../model/nest/made-keys.ts";
import type { Column } from "../../../model/table-shape.ts";
import { quoteLiteral } from "../quote.ts";

/** By its default, or out of the sequence of an identity column, which has none: `nextval('"public"."t_id_seq"'::regclass)`. */
export function madeValue({ defaultSql, sequence }: Column): MadeValue | null {
  if (defaultSql !== null) return { kind: "before", sql: defaultSql };
  if (sequence === undefined) return null;
  return { kind: "before", sql: `nextval(${quoteLiteral(sequence.name)}::regclass)` };
}
