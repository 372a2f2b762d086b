/** Rows that no record has, where several loads of a run are for one table. Pure. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { tableName } from "../model/table-shape.ts";
import type { PreparedPart } from "./prepare-run.ts";

/** A load without a condition would delete the rows of the others. Throws `RUN_SHARED_DELETES`. */
export function refuseSharedDeletes(
  parts: readonly {
    readonly load: Pick<PreparedPart["load"], "path" | "shape">;
    readonly prepared: Pick<PreparedPart["prepared"], "plan">;
  }[],
): void {
  for (const { load, prepared } of parts) {
    const { removal } = prepared.plan.tables[0];
    if (removal === undefined || removal.where !== null) continue;
    const table = tableName(load.shape.name);
    const other = parts.find(
      (each) => each.load !== load && tableName(each.load.shape.name) === table,
    );
    if (other === undefined) continue;
    const details = { one: load.path, other: other.load.path, table };
    throw upsurgeError("RUN_SHARED_DELETES", details, { where: load.path });
  }
}
