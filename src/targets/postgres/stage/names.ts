/** What the temporary tables of a load into PostgreSQL are called. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";
import { temporaryTables } from "../../../sql/temporary-tables.ts";

/** `pg_temp.upsurge_stage`, and the others. */
export const TEMPORARY = temporaryTables("pg_temp.");

/** Counts the rows that a merge inserts: `pg_temp.upsurge_inserted`. */
export function insertedSequence({ stage }: Pick<TablePlan, "stage">): string {
  return `pg_temp.${stage}_inserted`;
}
