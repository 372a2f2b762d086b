/** The temporary tables of one table's load, each with a name that no other table of the run has. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";

/** The staged rows, typed: `pg_temp.upsurge_stage`. */
export function stageTable({ stage }: Pick<TablePlan, "stage">): string {
  return `pg_temp.${stage}_stage`;
}

/** Rows that repeat the key of a staged row, set aside. */
export function repeatsTable({ stage }: Pick<TablePlan, "stage">): string {
  return `pg_temp.${stage}_repeats`;
}

/** The staged rows, as text. */
export function rawTable({ stage }: Pick<TablePlan, "stage">): string {
  return `pg_temp.${stage}_raw`;
}

/** The rows at fault. */
export function faultTable({ stage }: Pick<TablePlan, "stage">): string {
  return `pg_temp.${stage}_fault`;
}

/** The keys of the records so far. */
export function seenTable({ stage }: Pick<TablePlan, "stage">): string {
  return `pg_temp.${stage}_seen`;
}

/** Keys that follow one another. */
export function spansTable({ stage }: Pick<TablePlan, "stage">): string {
  return `pg_temp.${stage}_spans`;
}

/** Where the rows are that no record has. */
export function missingTable({ stage }: Pick<TablePlan, "stage">): string {
  return `pg_temp.${stage}_missing`;
}

/** The rows of the table as they were before the load. */
export function beforeTable({ stage }: Pick<TablePlan, "stage">): string {
  return `pg_temp.${stage}_before`;
}

/** The rows that differ from those. */
export function differencesTable({ stage }: Pick<TablePlan, "stage">): string {
  return `pg_temp.${stage}_differences`;
}
