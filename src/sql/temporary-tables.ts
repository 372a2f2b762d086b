/** The temporary tables of one table's load, each with a name that no other table of the run has. Pure. */
import type { TablePlan } from "../model/load-plan.ts";

/** How a temporary table of a plan is called. */
type Named = (plan: Pick<TablePlan, "stage">) => string;

/** The tables that databases with a stage have. */
export interface TemporaryTables {
  /** The staged rows, as text. */
  readonly raw: Named;
  /** The staged rows, with the types of the table. */
  readonly stage: Named;
  /** The rows at fault. */
  readonly fault: Named;
  /** Rows that repeat the key of a staged row, set aside. */
  readonly repeats: Named;
  /** The keys of the records so far. */
  readonly seen: Named;
  /** Keys that follow one another. */
  readonly spans: Named;
  /** The rows that no record has. */
  readonly missing: Named;
  /** The rows of the table as they were before the load. */
  readonly before: Named;
  /** The rows that differ from those. */
  readonly differences: Named;
}

/** Their names, behind what the database wants before the name of a temporary table: `pg_temp.upsurge_stage`. */
export function temporaryTables(before: string): TemporaryTables {
  const named =
    (what: string): Named =>
    ({ stage }) =>
      `${before}${stage}_${what}`;
  return {
    raw: named("raw"),
    stage: named("stage"),
    fault: named("fault"),
    repeats: named("repeats"),
    seen: named("seen"),
    spans: named("spans"),
    missing: named("missing"),
    before: named("before"),
    differences: named("differences"),
  };
}
