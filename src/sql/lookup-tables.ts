/** The tables that look-ups read, and add rows to. Pure. */
import type { LookupPlan } from "../model/lookup-plan.ts";
import type { TablePlan } from "../model/load-plan.ts";
import { tableName } from "../model/table-shape.ts";

/** A look-up into each of these tables, but for the one that is loaded. */
export function lookupTables({ table, lookups = [] }: TablePlan): readonly LookupPlan[] {
  const byName = new Map(lookups.map((lookup) => [tableName(lookup.parent.name), lookup]));
  byName.delete(tableName(table.name));
  return [...byName.values()];
}
