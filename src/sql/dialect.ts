/**
 * How a database spells the statements that all of them share. The row in the table is always `target`, the incoming one
 * `excluded`. Pure.
 */
import type { Arbiter, TablePlan } from "../model/load-plan.ts";
import type { SqlAssignment } from "./assignments.ts";
import type { UpdateSql } from "./update.ts";

/** Incoming rows, and how they meet those of the table. */
export interface MeetRows {
  /** What they are in; it is called `excluded`. */
  readonly relation: string;
  /** True for an incoming row and the row of the table that it means. */
  readonly match: string;
  /** Which of them are meant; `null`: all. */
  readonly condition: string | null;
}

/** A write to the rows that are met: all tests must hold. */
export interface FoundWrite {
  readonly plan: TablePlan;
  readonly rows: MeetRows;
  readonly tests: readonly string[];
}

/** A look at the rows that are met, before they are written. */
export interface Meeting {
  /** `from … as excluded join … as target on …`. */
  readonly from: string;
  /** What of them is told apart: nothing, those that the condition skips, or those that would not change as well. */
  readonly tells: "nothing" | "skipped" | "unchanged";
  readonly where: string | null;
  readonly differs: string | null;
  readonly columns: readonly string[];
}

/** What becomes of a row of the table that an insert meets. */
export interface Conflict {
  readonly plan: TablePlan;
  readonly arbiter: Arbiter;
  /** `null`: it stays as it is. */
  readonly update: UpdateSql | null;
  /** Only where this holds; `null`: always. */
  readonly test: string | null;
}

/** What one of the user's expressions is tried over: the rows of both sides, one of them, or a row that is proposed. */
export type TriedRows = "both" | "excluded" | "target" | "proposed";

/** How a MERGE begins, and what it calls a row without a target row. */
export interface MergeSpelling {
  /** `merge …` up to its source. */
  readonly into: (plan: TablePlan) => string;
  readonly missing: string;
}

/** A dialect that has a clause for conflicts: no upsert of another is to be had. */
export type UpsertDialect = Dialect & { readonly onConflict: (conflict: Conflict) => string };

/** A dialect that has MERGE. */
export type MergeDialect = Dialect & { readonly merge: MergeSpelling };

/** What statements about whole tables need: those that take rows away, compare them, or look for keys. */
export interface TableDialect {
  readonly quote: (name: string) => string;
  /** The table behind `from`, without a lock: `only "public"."t"`. */
  readonly plain: (plan: Pick<TablePlan, "table">) => string;
  readonly count: string;
  /** A query for so many rows at most; `select` and `from` are what comes behind these words. */
  readonly first: (rows: number, select: string, from: string) => string;
  /** `delete from "t" as target where …`. */
  readonly deleteWhere: (plan: Pick<TablePlan, "table">, condition: string) => string;
  /** `update "t" as target set … where …`. */
  readonly updateWhere: (
    plan: Pick<TablePlan, "table">,
    assignments: string,
    condition: string,
  ) => string;
}

/** The spelling of one database. */
export interface Dialect extends TableDialect {
  /** The table behind `insert into`. */
  readonly into: (plan: TablePlan) => string;
  /** The table as `target` behind `from`, with the lock that keeps what is looked up true. */
  readonly target: (plan: TablePlan) => string;
  readonly join: string;
  /** What `exists` asks for. */
  readonly anyRow: string;
  /** Behind `insert into t`: a row of nothing but defaults. */
  readonly defaultRow: string;
  /** Behind the columns of an insert that brings ids which the database would make; empty where nothing is to be said. */
  readonly bringsIds: string;
  /** Incoming rows are stamped before they are written; else the statement that writes them does it. */
  readonly stampsStage: boolean;
  /** True where both are equal, or both NULL; the second part of a key may be known to have no NULL. */
  readonly equalOrNull: (one: string, other: string, mayBeNull: boolean) => string;
  /** Tests of which one is true where the stored image of a column would change. */
  readonly changes: (assigned: readonly SqlAssignment[]) => readonly string[];
  /** A test that is true where storing the value would fail for its length; `null`: it cannot. */
  readonly overflows: (assigned: SqlAssignment) => string | null;
  /** The question what the rows meet. */
  readonly meet: (meeting: Meeting) => string;
  readonly updateFound: (write: FoundWrite, update: UpdateSql) => string;
  readonly deleteFound: (write: FoundWrite) => string;
  /** The clause of an insert; `null` where the database has none that does what is asked. */
  readonly onConflict: ((conflict: Conflict) => string) | null;
  /** `null` where there is no MERGE. */
  readonly merge: MergeSpelling | null;
}
