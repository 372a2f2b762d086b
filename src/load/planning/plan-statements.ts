/** The statements of a plan, for `upsurge plan`, and the look-ups that the database checks beforehand. */
import { refusedExpression } from "../../errors/refused-expression.ts";
import { messageOf } from "../../errors/message-of.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { LoadPlan, TablePlan } from "../../model/load-plan.ts";
import type { PlannedStatement } from "../../model/report/plan-report.ts";
import { isToldByKey } from "../../model/nest/nest-plan.ts";
import { tableName } from "../../model/table-shape.ts";
import type { Session } from "../../targets/target.ts";

/** Looks nothing up, so that what cannot be compared is said before the first record. Throws `PLAN_LOOKUP_REFUSED`. */
export async function checkLookups(session: Session, { lookups = [] }: TablePlan): Promise<void> {
  for (const lookup of lookups) {
    const { sql, values } = session.lookups.sql(lookup).find([]);
    try {
      await session.execute.run(sql, values);
    } catch (cause) {
      if (session.classify(cause) === "transient") throw session.translate(cause);
      const reason = messageOf(cause);
      const details = { column: lookup.column.name, table: tableName(lookup.parent.name), reason };
      throw upsurgeError("PLAN_LOOKUP_REFUSED", details, { cause, where: "--lookup" });
    }
  }
}

/** Evaluates no expression, so that what the database does not take is said before the first record. Throws `PLAN_EXPRESSION`. */
export async function checkValues(session: Session, { table, values }: TablePlan): Promise<void> {
  for (const value of values?.columns ?? []) {
    const { check } = session.values(table, [value], values?.fields.length ?? 0);
    try {
      await session.execute.run(check);
    } catch (cause) {
      if (session.classify(cause) === "transient") throw session.translate(cause);
      const reason = messageOf(cause);
      throw refusedExpression(`--value "${value.column.name} = …"`, reason, cause);
    }
  }
}

/**
 * The statements of a load for `upsurge plan`, for rows that carry what its source is known to fill: those of its expressions and look-ups, those that
 * write, those of records that delete, and those of its second pass.
 */
export function statementsOf(session: Session, plan: LoadPlan): readonly string[] {
  return [
    ...plan.tables.flatMap((table) => statementsOfTable(session, table)),
    ...linkStatements(session, plan),
    ...plan.tables.flatMap((table) => takingStatements(session, table)),
    ...deletingPlans(plan).flatMap(([of, columns]) => written(session, of, columns)),
    ...plan.tables.flatMap(({ late }) =>
      late === undefined ? [] : written(session, late.plan, late.kept),
    ),
  ];
}

/** The statements by which rows of levels are found that others are linked to. */
function linkStatements(session: Session, { nest }: LoadPlan): readonly string[] {
  return (nest?.levels ?? []).flatMap(({ links, finds }) =>
    links.flatMap(({ find }) => {
      if (find === null || (!finds && isToldByKey(links))) return [];
      return [session.lookups.sql(find).find([find.keys.map(() => "")]).sql];
    }),
  );
}

/** The statements about rows that records do not mention. */
function takingStatements(session: Session, table: TablePlan): readonly string[] {
  const { missing } = table;
  if (missing === undefined) return [];
  const { scope, take } = session.missingSql(table);
  const [of, mentioned] = [missing.links, missing.keys].map((columns) => ({
    texts: [columns.map(() => "")],
    numbers: [null],
  }));
  if (of === undefined || mentioned === undefined) return [];
  const once =
    "once, before the first batch: counts the rows that --max-delete is measured against";
  const then = `where the row of a record with ${missing.level} was inserted, updated or found unchanged`;
  return [
    withComment({ sql: scope, when: once }),
    withComment({ sql: take(of, mentioned).sql, when: then }),
  ];
}

function statementsOfTable(session: Session, table: TablePlan): readonly string[] {
  const looked = (table.lookups ?? []).flatMap((lookup) => {
    const sql = session.lookups.sql(lookup);
    const key = lookup.keys.map(() => "");
    const made = lookup.missing === "insert" ? [sql.create([key]).sql] : [];
    return [sql.find([key]).sql, ...made];
  });
  const { values } = table;
  return [
    ...(values === undefined
      ? []
      : [session.values(table.table, values.columns, values.fields.length).ask([[]]).sql]),
    ...looked,
    ...(table.finds === true ? [] : written(session, table, checkedColumns(table))),
  ];
}

function written(session: Session, plan: TablePlan, columns: readonly string[]): string[] {
  return session.statements(plan, columns).map(withComment);
}

function withComment({ sql, when }: PlannedStatement): string {
  return when === undefined ? sql : `-- ${when}\n${sql}`;
}

/** The plan by which records delete, and the columns that they carry; none where no record does. */
export function deletingPlans({
  tables,
}: LoadPlan): readonly (readonly [plan: TablePlan, columns: readonly string[]])[] {
  return tables.flatMap(({ recordDeletes }) =>
    recordDeletes === undefined
      ? []
      : [[recordDeletes.plan, recordDeletes.plan.columns.map(({ name }) => name)] as const],
  );
}

/** The columns of the rows a plan is checked with: those the source is known to fill, or the key where nothing is known. */
export function checkedColumns(table: TablePlan): string[] {
  const looked = [...(table.values?.columns ?? []), ...(table.lookups ?? [])].map(
    ({ column }) => column.name,
  );
  const linked = (table.linked ?? []).flatMap(({ columns }) => columns.map(({ name }) => name));
  const fields = [...table.mapping, ...table.constants].map((each) => each.column);
  const known = [...fields, ...looked, ...linked];
  const named = new Set(known.length > 0 ? known : table.arbiter?.columns);
  return table.columns.map((column) => column.name).filter((name) => named.has(name));
}
