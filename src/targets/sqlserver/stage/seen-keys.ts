/** Keeps the keys of the records of a load in a temporary table: their texts come as those of rows do. */
import type { Batch } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { carriedKey, keptColumns, rowKeys } from "../../key-columns.ts";
import type { SeenKeys } from "../../target.ts";
import { script } from "../apply/guard.ts";
import { insertSeen, keyPlan } from "../apply/removal-sql.ts";
import { fromText } from "../catalog/types.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { fillRaw } from "./fill-raw.ts";
import { shapesOf } from "./stage.ts";

/** The keys of one table. */
export class SqlServerSeenKeys implements SeenKeys {
  readonly #connection: SqlServerConnection;
  readonly #plan: TablePlan;

  constructor(connection: SqlServerConnection, plan: TablePlan) {
    this.#connection = connection;
    this.#plan = plan;
  }

  async note({ rows }: Batch): Promise<void> {
    const plan = this.#plan;
    const kept = keptColumns(plan);
    for (const shape of shapesOf(rows)) {
      const columns = carriedKey(plan, shape);
      const group = rows.filter((row) => row.shape === shape);
      await fillRaw(this.#connection, keyPlan(plan), rowKeys(group, { id: shape.id, columns }));
      const read = (place: number): string => {
        const column = kept[place];
        return column === undefined ? `r.f${place}` : fromText(`r.f${place}`, column);
      };
      await this.#connection.batch(script(insertSeen(plan, columns, read)));
    }
  }
}
