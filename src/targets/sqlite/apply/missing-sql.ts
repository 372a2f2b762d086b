/**
 * The statement that takes rows away which no record mentions, for SQLite:
 *
 *   delete from "lines" as target where target."order_id" in (select k.value ->> 0 from json_each(?) as k)
 *     and (target."order_id", target."line_no") not in (select k.value ->> 0, k.value ->> 1 from json_each(?) as k)
 *
 * Pure. Both lists are read once, into an index that compares as the columns do.
 */
import type { ColumnNotation, TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { missingPlan, openKeys, takeSql } from "../../../sql/missing-rows.ts";
import type { MissingPlan } from "../../../sql/missing-rows.ts";
import type { MissingSql } from "../../missing-sql.ts";
import { changesOf, rowSql, SQLITE, tableName, tuple } from "../dialect.ts";
import type { RowSql } from "../dialect.ts";
import { quoteIdentifier } from "../quote.ts";
import { keysJson } from "./lookup-sql.ts";

/** The statements. */
export function missingSql({ table, plan: given }: Pick<RowSql, "plan" | "table">): MissingSql {
  const plan = missingPlan(given);
  const { links, keys } = plan.missing;
  const update = (changing: TablePlan) => changesOf(rowSql(changing, table, []));
  const sql = takeSql(plan, { ...SQLITE, update }, conditionSql(plan));
  return {
    scope: `select count(*) as n from ${tableName(plan)} as target`,
    take: (of, mentioned) => ({
      sql,
      values: [
        keysJson(of.texts, of.numbers, links),
        keysJson(mentioned.texts, mentioned.numbers, keys),
      ],
    }),
  };
}

function conditionSql(plan: MissingPlan): string {
  const { links, keys } = plan.missing;
  const solid = openKeys(plan).map(({ name }) => `target.${quoteIdentifier(name)} is not null`);
  return [
    `${own(links)} in (${listSql(links, plan)})`,
    ...solid,
    `${own(keys)} not in (${listSql(keys, plan)})`,
  ].join(" and ");
}

/** `(target."a", target."b")` */
function own(columns: readonly Column[]): string {
  return tuple(columns.map(({ name }) => `target.${quoteIdentifier(name)}`));
}

/** `select k.value ->> 0, k.value ->> 1 from json_each(?) as k` */
function listSql(columns: readonly Column[], { notations = {} }: TablePlan): string {
  const values = columns.map(({ name }, at) => {
    const notation: ColumnNotation | undefined = notations[name];
    return notation?.kind === "bytes" ? `unhex(k.value ->> ${at})` : `k.value ->> ${at}`;
  });
  return `select ${values.join(", ")} from json_each(?) as k`;
}
