/** Keeps the keys of the records of a load in a temporary table: their texts come as those of rows do. */
import type { TablePlan } from "../../../model/load-plan.ts";
import { keptColumns } from "../../../sql/key-columns.ts";
import type { KeyStore } from "../../target.ts";
import { script } from "../apply/guard.ts";
import { insertSeen, keyPlan } from "../apply/removal-sql.ts";
import { fromText } from "../catalog/types.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { fillRaw } from "./fill-raw.ts";

/** The keys of one table. */
export function keyStore(connection: SqlServerConnection, plan: TablePlan): KeyStore {
  const read = keptColumns(plan).map((column, place) => fromText(`r.f${place}`, column));
  return {
    keepRows: async (keys) => {
      const columns = keys[0]?.shape.columns ?? [];
      await fillRaw(connection, keyPlan(plan), keys);
      await connection.batch(script(insertSeen(plan, columns, read)));
    },
  };
}
