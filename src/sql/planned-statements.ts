/** When the statements of a load run that data may keep from running, in the words of `upsurge plan`. Pure. */
import type { TablePlan } from "../model/load-plan.ts";
import type { PlannedStatement } from "../model/report/plan-report.ts";

/** When a statement runs. */
export const WHEN = {
  found: "where rows are found that change",
  missing: "where rows are not found",
  noneFound: "where no row of a batch is found",
  distinct: "for rows that repeat no key of their batch",
  copied: "while all rows of a batch are new",
  refused: "once a batch meets a row, or a row of it is refused",
  alike: "for batches whose records have the same fields, since rows are written in file order",
  raced: "where a key repeats in a batch, or another session inserts a row meanwhile",
} as const;

/** The statements that come after the look. */
export function lookedStatements({
  update,
  insert,
  insertAll = null,
}: Readonly<Record<"update" | "insert", string | null>> & {
  readonly insertAll?: string | null;
}): readonly PlannedStatement[] {
  return [...at(update, WHEN.found), ...at(insert, WHEN.missing), ...at(insertAll, WHEN.noneFound)];
}

/** A statement that runs at times; none for `null`. */
export function at(sql: string | null, when: string | undefined): readonly PlannedStatement[] {
  if (sql === null) return [];
  return when === undefined ? [{ sql }] : [{ sql, when }];
}

/** The statements that write the rows of a batch together: where file order counts, rows of several shapes go one at a time. */
export function together(
  { isolation }: Pick<TablePlan, "isolation">,
  statements: readonly PlannedStatement[],
): readonly PlannedStatement[] {
  if (isolation.inFileOrder === null) return statements;
  return statements.map(({ sql, when }) => ({ sql, when: when ?? WHEN.alike }));
}
