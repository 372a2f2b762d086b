/** The statements of a load into SQL Server that `upsurge plan` shows. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { PlannedStatement } from "../../../model/report/plan-report.ts";
import { at, together, WHEN } from "../../../sql/planned-statements.ts";
import { directColumns } from "../apply/direct-insert.ts";
import { rowStatements } from "../apply/each-sql.ts";
import { statementsOf } from "../apply/set-sql.ts";
import { tableSql } from "../names.ts";
import { fillRawSql, insertBulkSql } from "../stage/fill-raw.ts";
import { fillSql } from "../stage/stage-sql.ts";

/** The statements for rows that carry `columns`, in the order in which a load comes to them. */
export function listStatements(
  plan: TablePlan,
  columns: readonly string[],
): readonly PlannedStatement[] {
  const direct = plan.method.name === "copy" ? directColumns(plan, columns) : null;
  const bulk = direct === null ? null : insertBulkSql(tableSql(plan), direct);
  const copied = bulk === null ? null : `${bulk} WITH (CHECK_CONSTRAINTS,FIRE_TRIGGERS)`;
  const staged = direct === null ? undefined : WHEN.refused;
  // Repeats are looked for first.
  const alone = plan.method.key === null ? staged : WHEN.distinct;
  const filled = [
    ...at(copied, WHEN.copied),
    ...at(fillRawSql(plan), staged),
    ...at(fillSql(plan, { id: 0, columns }), staged),
  ];
  if (plan.method.name === "row-by-row") return [...filled, ...rowStatements(plan, columns)];
  const written = setStatements(plan, columns).flatMap((sql) => at(sql, alone));
  return together(plan, [...filled, ...written]);
}

/** The server runs all of them in one batch, whatever the rows meet; those that count are left out. */
function setStatements(plan: TablePlan, columns: readonly string[]): readonly string[] {
  const statements = statementsOf(plan, { columns, condition: "upsurge_shape = 0" });
  return statements.filter((sql) => !/^SET @|FROM @written\b/.test(sql));
}
