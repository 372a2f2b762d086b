/** What a commit has counted of levels, with their names: who reads a checkpoint later has no plan. Pure. */
import type { LoadCounts } from "../../model/counts.ts";
import type { LoadPlan } from "../../model/load-plan.ts";
import { tableName } from "../../model/table-shape.ts";

/** The counts with the member and the table of each level. */
export function named(counts: LoadCounts, { nest, tables }: LoadPlan): LoadCounts {
  if (nest === undefined || counts.levels === undefined) return counts;
  const names = nest.levels.map(({ path, at }) => {
    const table = tables[at]?.table.name;
    return { member: path.join("."), table: table === undefined ? "" : tableName(table) };
  });
  return { ...counts, names };
}
