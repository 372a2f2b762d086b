/**
 * Why a database refused a statement of a load: where a table is not what it was when the load was planned, that is told, since
 * the next run plans by the table as it is. Asked once the load's transaction is undone.
 */
import { UpsurgeError } from "../errors/upsurge-error.ts";
import type { TablePlan } from "../model/load-plan.ts";
import { refuseAlteredPlan } from "../targets/altered-table.ts";
import type { Session } from "../targets/target.ts";

/** `error`, or `TARGET_ALTERED` in the place of a statement that was refused. Never throws. */
export async function asAltered(
  error: Error,
  session: Pick<Session, "readTableShape" | "quoteIdentifier">,
  tables: readonly TablePlan[],
): Promise<Error> {
  if (!(error instanceof UpsurgeError) || error.code !== "TARGET_STATEMENT") return error;
  for (const plan of tables) {
    try {
      const { schema, name } = plan.table.name;
      const names = schema === null ? [name] : [schema, name];
      const sql = names.map((each) => session.quoteIdentifier(each)).join(".");
      refuseAlteredPlan(plan, await session.readTableShape(sql));
    } catch (other) {
      // What the question itself meets tells nothing of the table.
      if (other instanceof UpsurgeError && other.code === "TARGET_ALTERED") return other;
    }
  }
  return error;
}
