/** The temporary tables of one table's load, each with a name that no other table of the run has. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";

/** The staged rows, typed: `pg_temp.upsurge_stage`. */
export const stageTable = named("stage");

/** Counts the rows that a merge inserts. */
export const insertedSequence = named("inserted");

/** Rows that repeat the key of a staged row, set aside. */
export const repeatsTable = named("repeats");

/** The staged rows, as text. */
export const rawTable = named("raw");

/** The rows at fault. */
export const faultTable = named("fault");

/** The keys of the records so far. */
export const seenTable = named("seen");

/** Keys that follow one another. */
export const spansTable = named("spans");

/** Where the rows are that no record has. */
export const missingTable = named("missing");

/** The rows of the table as they were before the load. */
export const beforeTable = named("before");

/** The rows that differ from those. */
export const differencesTable = named("differences");

function named(what: string) {
  return ({ stage }: Pick<TablePlan, "stage">): string => `pg_temp.${stage}_${what}`;
}
