/** What makes the answer of a look-up change from record to record, so that each must be looked up by itself. Pure. */
import type { LookupPlan } from "../../model/lookup-plan.ts";
import { keepsRows, tableName } from "../../model/table-shape.ts";
import type { TableShape, Trigger } from "../../model/table-shape.ts";
import { tableLabel } from "../names.ts";

/** A look-up, as far as its coupling depends on it. */
export type CoupledLookup = Omit<LookupPlan, "eachRecord">;

/** What else the load does. */
export interface CouplingContext {
  readonly others: readonly CoupledLookup[];
  /** Why an expression may read rows that are made. */
  readonly reads: string | null;
  /** The only columns that are written, of rows that are there; absent: rows are made, or all may be written. */
  readonly sets?: readonly string[];
}

/** Why; `null` where records cannot change what is found. */
export function couplingOf(
  shape: TableShape,
  lookup: CoupledLookup,
  { others, reads, sets }: CouplingContext,
): string | null {
  const { parent, missing, keys, refersTo } = lookup;
  const label = tableLabel(parent);
  if (isSame(parent, shape) && !staysFound(lookup, sets))
    return "a look-up reads the table that is loaded";
  const trigger = shape.triggers.find(leavesTraces);
  if (trigger !== undefined)
    return `the trigger ${trigger.name} may change what is looked up in ${label}`;
  if (shape.kind === "view" || shape.rewritten)
    return `what is behind ${tableLabel(shape)} may change what is looked up in ${label}`;
  if (!keepsRows(parent) || parent.rewritten)
    return `what is behind ${label} may change with each record`;
  const read = [...keys.map(({ column }) => column.name), refersTo.name];
  const along = shape.referredBy?.find(
    ({ table, columns }) =>
      tableName(table) === tableName(parent.name) && columns.some((name) => read.includes(name)),
  );
  if (along !== undefined)
    return `rows of ${label} refer to rows of this table, and may change with them`;
  if (missing !== "insert") return null;
  if (reads !== null) return reads;
  const making = parent.triggers.find(
    (each) => leavesTraces(each) && each.events.includes("insert"),
  );
  if (making !== undefined)
    return `the trigger ${making.name} may change what is looked up in ${label}`;
  const other = others.find(
    (each) => each !== lookup && isSame(each.parent, parent) && !isAlike(each, lookup),
  );
  return other === undefined ? null : `several look-ups make rows of ${label}`;
}

/** What it reads of the table that is loaded is not written; what the database makes of other columns may be. */
function staysFound({ keys, refersTo }: CoupledLookup, sets: CouplingContext["sets"]): boolean {
  if (sets === undefined) return false;
  return [...keys.map(({ column }) => column), refersTo].every(
    ({ name, generatedSql }) => generatedSql === null && !sets.includes(name),
  );
}

/** Whether two look-ups find rows by the same columns. */
function isAlike(one: CoupledLookup, other: CoupledLookup): boolean {
  return (
    isSame(one.parent, other.parent) &&
    one.refersTo.name === other.refersTo.name &&
    one.keys.length === other.keys.length &&
    one.keys.every(({ column }, at) => column.name === other.keys[at]?.column.name)
  );
}

function isSame({ name }: TableShape, other: TableShape): boolean {
  return tableName(name) === tableName(other.name);
}

function leavesTraces({ traceless }: Trigger): boolean {
  return traceless !== true;
}
