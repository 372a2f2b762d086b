/** The names that the files of this target share: of the temporary tables of a plan and what is in them, and of the plan's table. */
import type { TablePlan } from "../../model/load-plan.ts";
import { quoteIdentifier } from "./quote.ts";

/** Rows as text, as they came: `f0`, `f1`… next to the plan's columns. */
export const rawTable = named("raw");

/** Rows with the types of the table, those at fault taken out. */
export const stageTable = named("stage");

/** What is wrong with the rows that were taken out or refused. */
export const faultTable = named("fault");

/** In the place of an SQL text that the login may not see, for lack of VIEW DEFINITION. */
export const HIDDEN = "(hidden)";

/** The qualified name of the plan's table. */
export function tableSql({ table }: TablePlan): string {
  const { schema, name } = table.name;
  return `${quoteIdentifier(schema ?? "dbo")}.${quoteIdentifier(name)}`;
}

/** The column of `#upsurge_raw` that holds the texts of a column; -1 for a column that rows do not carry. */
export function placeOf(plan: TablePlan, name: string): number {
  return plan.columns.findIndex((column) => column.name === name);
}

/** The keys of the records so far. */
export const seenTable = named("seen");

/** The keys of the rows that no record has. */
export const missingTable = named("missing");

/** The rows of the table as they were before the load. */
export const beforeTable = named("before");

/** The rows that differ from those. */
export const differencesTable = named("differences");

function named(what: string) {
  return ({ stage }: Pick<TablePlan, "stage">): string => `#${stage}_${what}`;
}
