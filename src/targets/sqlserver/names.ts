/** The names that the files of this target share: of the temporary tables of a plan and what is in them, and of the plan's table. */
import type { TablePlan } from "../../model/load-plan.ts";
import { temporaryTables } from "../../sql/temporary-tables.ts";
import { quoteIdentifier } from "./quote.ts";

/** `#upsurge_stage`, and the others. */
export const TEMPORARY = temporaryTables("#");

/** In the place of an SQL text that the login may not see, for lack of VIEW DEFINITION. */
export const HIDDEN = "(hidden)";

/** The qualified name of the plan's table. */
export function tableSql({ table }: Pick<TablePlan, "table">): string {
  const { schema, name } = table.name;
  return `${quoteIdentifier(schema ?? "dbo")}.${quoteIdentifier(name)}`;
}

/** The column of `#upsurge_raw` that holds the texts of a column; -1 for a column that rows do not carry. */
export function placeOf(plan: TablePlan, name: string): number {
  return plan.columns.findIndex((column) => column.name === name);
}
