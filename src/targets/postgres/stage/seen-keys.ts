/** Keeps the keys of the records of a load in a temporary table: copied as packed bytes, or as rows are staged. */
import type { Client } from "pg";
import type { Batch } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { carriedKey, packedKeys, rowKeys } from "../../key-columns.ts";
import type { SeenKeys } from "../../target.ts";
import { copyIn } from "./copy.ts";
import { seenTable } from "./names.ts";
import { PackedCopy } from "./packed-copy.ts";
import { byShape, copySql, fillKeys } from "./stage.ts";

/** The keys of one table. */
export class PostgresSeenKeys implements SeenKeys {
  readonly #client: Client;
  readonly #plan: TablePlan;
  readonly #copy: PackedCopy;

  constructor(client: Client, plan: TablePlan) {
    this.#client = client;
    this.#plan = plan;
    this.#copy = new PackedCopy(plan);
  }

  async note(batch: Batch): Promise<void> {
    const { packed } = batch;
    const names = packed === null ? [] : carriedKey(this.#plan, packed.shape);
    if (packed === null || names.length === 0 || this.#plan.rowSource !== "staged") {
      return await this.#noteRows(batch);
    }
    const data = await this.#copy.encode(packedKeys(packed, names), false);
    await copyIn(this.#client, copySql(seenTable(this.#plan), names, data.format), data.bytes);
    this.#copy.recycle(data);
  }

  async #noteRows({ rows }: Batch): Promise<void> {
    for (const [shape, group] of byShape(rows)) {
      const columns = carriedKey(this.#plan, shape);
      await fillKeys(this.#client, this.#plan, rowKeys(group, { id: shape.id, columns }));
    }
  }
}
