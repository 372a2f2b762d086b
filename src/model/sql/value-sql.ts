/** The statements that ask for the values of expressions over the fields of records; they know nothing of the records themselves. */
import type { SqlStatement } from "./sql-value.ts";

/** The texts of a record's fields, in the order of the plan. */
export type FieldTexts = readonly (string | null)[];

/** How the values of some columns are asked for. */
export interface ValueSql {
  /** As many records as one statement takes. */
  readonly most: number;
  /**
   * Asks for the values of these records. It answers with a row for each: `n`, its place counted from 1; `v1`, `v2`, …, the values as texts
   * that are read as the same values again; `t1`, `t2`, … their classes, where the database has values of any: `integer`, `real`, `text`,
   * `blob` or `null`. Where the expression of one record fails, the statement does, with class `row`.
   */
  ask(records: readonly FieldTexts[]): SqlStatement;
  /** A statement that asks for nothing, and that the database refuses where it would refuse the expression. */
  readonly check: string;
}
