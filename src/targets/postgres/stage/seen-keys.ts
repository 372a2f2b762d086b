/** Keeps the keys of the records of a load in a temporary table: copied as packed bytes, or as rows are staged. */
import type { Client } from "pg";
import type { Batch } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { carriedKey, packedKeys, rowKeys } from "../../key-columns.ts";
import { KeySpans } from "../../key-spans.ts";
import type { SpannedKeys } from "../../key-spans.ts";
import type { SeenKeys } from "../../target.ts";
import { wholeKey } from "../apply/removal-sql.ts";
import { quoteIdentifier } from "../quote.ts";
import { copyIn } from "./copy.ts";
import { TEMPORARY } from "./names.ts";
import { PackedCopy } from "./packed-copy.ts";
import { byShape, copySql, fillKeys } from "./stage.ts";

/** The keys of one table. */
export class PostgresSeenKeys implements SeenKeys {
  readonly #client: Client;
  readonly #plan: TablePlan;
  readonly #copy: PackedCopy;
  readonly #key: { readonly name: string; readonly spans: KeySpans } | null;

  constructor(client: Client, plan: TablePlan) {
    this.#client = client;
    this.#plan = plan;
    this.#copy = new PackedCopy(plan);
    const column = wholeKey(plan);
    this.#key = column === null ? null : { name: column.name, spans: new KeySpans(column) };
  }

  async note(batch: Batch): Promise<void> {
    const { packed } = batch;
    const spans = packed === null ? null : this.#key?.spans.take(packed);
    if (spans !== null && spans !== undefined) return await this.#noteSpans(spans);
    const names = packed === null ? [] : carriedKey(this.#plan, packed.shape);
    if (packed === null || names.length === 0 || this.#plan.rowSource !== "staged") {
      return await this.#noteRows(batch);
    }
    const data = await this.#copy.encode(packedKeys(packed, names), false);
    await copyIn(this.#client, copySql(TEMPORARY.seen(this.#plan), names, data.format), data.bytes);
    this.#copy.recycle(data);
  }

  async #noteSpans({ lows, highs, singles }: SpannedKeys): Promise<void> {
    const plan = this.#plan;
    const name = quoteIdentifier(this.#key?.name ?? "");
    if (lows.length > 0) {
      const sql = `insert into ${TEMPORARY.spans(plan)} (lo, hi) select * from unnest($1::bigint[], $2::bigint[])`;
      await this.#client.query(sql, [lows, highs]);
    }
    if (singles.length === 0) return;
    const sql = `insert into ${TEMPORARY.seen(plan)} (${name}) select unnest($1::bigint[])`;
    await this.#client.query(sql, [singles]);
  }

  async #noteRows({ rows }: Batch): Promise<void> {
    for (const [shape, group] of byShape(rows)) {
      const columns = carriedKey(this.#plan, shape);
      await fillKeys(this.#client, this.#plan, rowKeys(group, { id: shape.id, columns }));
    }
  }
}
