/** Lets the database check the look-ups of a plan, and tells their statements. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { LoadPlan, TablePlan } from "../model/load-plan.ts";
import { tableName } from "../model/table-shape.ts";
import type { Session } from "../targets/target.ts";

/** Looks nothing up, so that what cannot be compared is said before the first record. Throws `PLAN_LOOKUP_REFUSED`. */
export async function checkLookups(session: Session, { lookups = [] }: TablePlan): Promise<void> {
  for (const lookup of lookups) {
    const { sql, values } = session.lookups.sql(lookup).find([]);
    try {
      await session.execute.run(sql, values);
    } catch (cause) {
      if (session.classify(cause) === "transient") throw session.translate(cause);
      const reason = cause instanceof Error ? cause.message : String(cause);
      const details = { column: lookup.column.name, table: tableName(lookup.parent.name), reason };
      throw upsurgeError("PLAN_LOOKUP_REFUSED", details, { cause, where: "--lookup" });
    }
  }
}

/** The statements of a load for `upsurge plan`: those of its look-ups, then those that write. */
export function statementsOf(session: Session, plan: LoadPlan): readonly string[] {
  const [table] = plan.tables;
  const looked = (table.lookups ?? []).flatMap((lookup) => {
    const sql = session.lookups.sql(lookup);
    const key = lookup.keys.map(() => "");
    const made = lookup.missing === "insert" ? [sql.create([key]).sql] : [];
    return [sql.find([key]).sql, ...made];
  });
  return [...looked, ...session.statements(table, checkedColumns(plan))];
}

/** The columns of the rows a plan is checked with: those the source is known to fill, or the key where nothing is known. */
export function checkedColumns({ tables: [table] }: LoadPlan): string[] {
  const looked = (table.lookups ?? []).map(({ column }) => column.name);
  const known = [...[...table.mapping, ...table.constants].map((each) => each.column), ...looked];
  const named = new Set(known.length > 0 ? known : table.arbiter?.columns);
  return table.columns.map((column) => column.name).filter((name) => named.has(name));
}
