/**
 * The merge of staged rows that hold no key twice: cheaper for the server than INSERT … ON CONFLICT, which inserts
 * speculatively. A row that another session inserts in between makes it fail with 23505; the batch is then done again with
 * ON CONFLICT. Pure.
 *
 *   merge into only "s"."t" as target using pg_temp.upsurge_stage as excluded on target."a" = excluded."a"
 *   when matched and row(target."b")::record *<> row(excluded."b")::record then update set "b" = excluded."b"
 *   when not matched and nextval('pg_temp.upsurge_inserted') > 0 then insert ("a", "b") values (excluded."a", excluded."b")
 *
 * The command tells how many rows it wrote, and a sequence how many of them it inserted: RETURNING costs the server more, and
 * cannot tell before version 17. A row is asked once: it has no triggers that could see it and drop it.
 */
import type { KeyedPlan } from "../../../sql/match.ts";
import { COUNT_SKIPPED, writeTest } from "./native-sql.ts";
import { matchSql } from "../../../sql/match.ts";
import { mergeSql as sharedMergeSql } from "../../../sql/upsert.ts";
import { POSTGRES } from "../dialect.ts";
import { withinSql } from "./select-then-write-sql.ts";
import type { KeyBounds } from "./select-then-write-sql.ts";
import { insertedSequence } from "../stage/names.ts";

/** Which rows a merge takes, and where their keys are. */
export interface MergeSelection {
  /** The staged rows: their table, or what is selected from it. */
  readonly relation: string;
  /** Picks among the staged rows. */
  readonly condition: string | null;
  readonly range: KeyBounds | null;
}

/** The merge of rows that carry `columns`. */
export function mergeSql(
  plan: KeyedPlan,
  columns: readonly string[],
  { relation, condition, range }: MergeSelection,
): string {
  const source =
    condition === null ? relation : `(select * from ${relation} as excluded where ${condition})`;
  const match = `${matchSql(plan, plan.arbiter, POSTGRES)}${withinSql(plan, range)}`;
  const tests = ({ differs }: { readonly differs: string | null }) => [
    writeTest(plan.update.where, differs, COUNT_SKIPPED),
  ];
  const notesInsert = `nextval('${insertedSequence(plan)}') > 0`;
  return sharedMergeSql(plan, columns, { source, match, tests, notesInsert }, POSTGRES);
}
