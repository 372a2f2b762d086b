/** The tables whose rows a foreign key would delete or change along with those of a table that is emptied. Pure. */
import type { TablePlan } from "../model/load-plan.ts";
import { tableSql } from "./unique-index.ts";

/** Their names as SQL, each once: a load looks at them before it empties the plan's table. None where it does not. */
export function cascadingTables(
  { table, emptied }: Pick<TablePlan, "table" | "emptied">,
  quote: (name: string) => string,
): readonly string[] {
  if (emptied === undefined) return [];
  const cascading = (table.referredBy ?? []).filter(({ cascades }) => cascades);
  return [...new Set(cascading.map(({ table: name }) => tableSql(name, quote)))];
}
