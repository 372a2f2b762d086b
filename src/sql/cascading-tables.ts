/** The tables with foreign keys to a table whose rows a load deletes: what becomes of their rows is looked at. Pure. */
import type { TablePlan } from "../model/load-plan.ts";
import { cascades } from "../model/table-shape.ts";
import { tableSql } from "./unique-index.ts";

/**
 * Their names as SQL, each once: a load that empties the plan's table looks at those whose rows would be deleted or changed
 * with it, and one that deletes some rows at all of them. None where it deletes nothing.
 */
export function cascadingTables(
  { table, emptied, removal }: Pick<TablePlan, "table" | "emptied" | "removal">,
  quote: (name: string) => string,
): readonly string[] {
  const referring = table.referredBy ?? [];
  const cascading = emptied === undefined ? [] : referring.filter(cascades);
  const looked = removal?.sets.length === 0 ? referring : cascading;
  return [...new Set(looked.map(({ table: name }) => tableSql(name, quote)))];
}
