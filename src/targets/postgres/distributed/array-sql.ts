/** The statements that write rows which come as arrays. Pure. */
import { fires } from "../../../model/table-shape.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { allOf, updateFoundSql } from "../../../sql/found-rows.ts";
import { insertSql, rowsInOrder } from "../../../sql/insert.ts";
import { matchSql } from "../../../sql/match.ts";
import { updateSql } from "../../../sql/update.ts";
import { upsertSql } from "../../../sql/upsert.ts";
import { arrayRelation } from "./array-rows.ts";
import { DISTRIBUTED } from "./dialect.ts";

/** The statements for rows of one shape. All take the same parameters. */
export interface ArraySql {
  /** The rows that repeat a key, as `ord`, with the number of the repeat as `wave`, from 2 on; `null`: repeats do not matter. */
  readonly repeats: string | null;
  /** The rows that meet one of the table, as `ord`, and whether the condition `holds` and they would change nothing (`same`); `null`: nobody asks. */
  readonly look: string | null;
  /** `null`: nothing is ever written. */
  readonly write: string | null;
  /** Rows that are met are left as they are. */
  readonly leavesAlone: boolean;
}

/** The statements for rows that carry `columns`. */
export function arraySql(plan: TablePlan, columns: readonly string[]): ArraySql {
  const relation = arrayRelation(plan, columns);
  const { arbiter, mode } = plan;
  const rows = rowsInOrder({ relation, condition: null });
  if (mode === "insert" || arbiter === null)
    return {
      repeats: null,
      look: null,
      write: insertSql(plan, columns, rows, DISTRIBUTED),
      leavesAlone: false,
    };
  const update = updateSql(plan, columns, DISTRIBUTED);
  const known = { repeats: repeatsSql(plan, relation), leavesAlone: update === null };
  if (mode === "update") {
    const match = matchSql(plan, arbiter, DISTRIBUTED);
    const write = updateFoundSql(plan, columns, { relation, match, condition: null }, DISTRIBUTED);
    return { ...known, look: lookSql(plan, relation, update?.differs ?? null), write };
  }
  const test = ({ differs }: { readonly differs: string | null }): string | null =>
    testOf(plan.update.where, differs);
  const write = upsertSql(plan, columns, { from: rows, test }, DISTRIBUTED);
  if (mode === "ignore") {
    // A row that a trigger drops is not written either: only a look tells it from one that meets another.
    const mayDrop = arbiter.kind === "expressions" && fires(plan.table, "before", "insert", "row");
    if (!mayDrop) return { repeats: null, look: null, write, leavesAlone: true };
    return { ...known, look: lookSql(plan, relation, null), write, leavesAlone: true };
  }
  return { ...known, look: lookSql(plan, relation, update?.differs ?? null), write };
}

function testOf(...tests: readonly (string | null)[]): string | null {
  const known = tests.filter((test) => test !== null);
  return known.length === 0 ? null : allOf(known);
}

function repeatsSql({ arbiter }: TablePlan, relation: string): string | null {
  if (arbiter === null) return null;
  const { keyExpressions, nullsEqual } = arbiter;
  const known = nullsEqual
    ? "true"
    : keyExpressions.map((part) => `${part} is not null`).join(" and ");
  return `select ord, wave from (select upsurge_ord as ord, row_number() over (partition by ${keyExpressions.join(", ")} order by upsurge_ord) as wave
from ${relation} as excluded where ${known}) as numbered where wave > 1`;
}

function lookSql(plan: TablePlan, relation: string, differs: string | null): string | null {
  const { arbiter, update } = plan;
  if (arbiter === null) return null;
  const match = matchSql(plan, arbiter, DISTRIBUTED);
  const holds = update.where === null ? "true" : `(${update.where}) is true`;
  const same = differs === null ? "false" : `(${differs}) is not true`;
  return `select excluded.upsurge_ord as ord, ${holds} as holds, ${same} as same
from ${relation} as excluded join ${DISTRIBUTED.target(plan)} on ${match}`;
}
