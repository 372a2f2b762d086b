/** The statements that insert or update in one: with a clause for conflicts, and MERGE. Pure. */
import type { TablePlan } from "../model/load-plan.ts";
import type { MergeDialect, UpsertDialect } from "./dialect.ts";
import { insertedSql, insertSql } from "./insert.ts";
import { updateSql } from "./update.ts";
import type { UpdateSql } from "./update.ts";

/** The insert with its clause, or the plain insert where nothing can be met; `test` says which rows are written. */
export function upsertSql(
  plan: TablePlan,
  columns: readonly string[],
  { from, test }: { readonly from: string; readonly test: (update: UpdateSql) => string | null },
  dialect: UpsertDialect,
): string {
  const insert = insertSql(plan, columns, from, dialect);
  const { arbiter, mode } = plan;
  if (mode === "insert" || arbiter === null) return insert;
  const update = updateSql(plan, columns, dialect);
  return `${insert}\n${dialect.onConflict({ plan, arbiter, update, test: update === null ? null : test(update) })}`;
}

/** What is written on a conflict, and where. */
interface Clause {
  readonly update: Pick<UpdateSql, "assignments"> | null;
  readonly test: string | null;
}

/** `on conflict (…) do update set … where …`, as PostgreSQL and SQLite say it; `gap` comes before `where`. */
export function doUpdate(target: string, { update, test }: Clause, gap = "\n"): string {
  if (update === null) return `${target} do nothing`;
  return `${target} do update set ${update.assignments}${test === null ? "" : `${gap}where ${test}`}`;
}

/** A query for so many rows at most, as PostgreSQL and SQLite say it. */
export function limited(rows: number, select: string, from: string): string {
  return `select ${select} from ${from} limit ${rows}`;
}

/** What a MERGE is made of, beside the plan: its rows, as they are written behind `using`, and what is tested of those it meets. */
export interface MergeParts {
  readonly source: string;
  readonly match: string;
  readonly tests: (update: UpdateSql) => readonly (string | null)[];
  /** Noted of each row that is inserted: a test that is always true. */
  readonly notesInsert?: string;
}

/** `merge into "t" as target using … when matched … then update … when not matched then insert …`. */
export function mergeSql(
  plan: TablePlan,
  columns: readonly string[],
  { source, match, tests, notesInsert }: MergeParts,
  dialect: MergeDialect,
): string {
  const update = updateSql(plan, columns, dialect);
  const { names, values } = insertedSql(plan, columns, dialect);
  const also = update === null ? [] : tests(update).filter((test) => test !== null);
  return [
    `${dialect.merge.into(plan)} using ${source} as excluded on ${match}`,
    ...(update === null
      ? []
      : [
          `when matched${also.map((test) => ` and ${test}`).join("")} then update set ${update.assignments}`,
        ]),
    `${dialect.merge.missing}${notesInsert === undefined ? "" : ` and ${notesInsert}`} then insert ${names} values (${values})`,
  ].join("\n");
}
