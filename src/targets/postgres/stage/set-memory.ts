/** What the set-based half of a writer keeps from one transaction of a load to the next: the batches that were made ready, and how. */
import type { Client } from "pg";
import type { Batch } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { PackedRows } from "../../../model/packed.ts";
import type { DirectGate } from "../apply/direct-copy.ts";
import { PostgresPlannedTable } from "../catalog/planned-table.ts";
import { allDiffer, denseRange } from "./key-hash.ts";
import type { KeyRange } from "./key-hash.ts";
import type { MadeTables } from "./made-tables.ts";
import { PackedCopy } from "./packed-copy.ts";
import type { CopyData } from "./packed-copy.ts";
import type { Pipeline } from "./pipeline.ts";

/** A batch made ready to be sent. */
export interface EncodedBatch {
  /** Into the table itself. */
  readonly direct: boolean;
  readonly data: Promise<CopyData>;
  /** No key is there twice; false when that is not known. */
  readonly distinct: boolean;
  /** The keys, where they are integers close together. */
  readonly range: KeyRange | null;
}

/** What a session keeps of one table. */
export class SetMemory {
  readonly gate: DirectGate;
  readonly copy: PackedCopy;
  readonly plannedTable: PostgresPlannedTable;
  /** The table does not fit into the memory that the server keeps pages in. */
  readonly isLarge: boolean;
  readonly #plan: TablePlan;
  /** Of the transaction in which the table was looked at. */
  #looked: MadeTables | null = null;
  readonly #encoded = new WeakMap<Batch, EncodedBatch>();

  constructor(plan: TablePlan, { gate, isLarge }: Pick<SetMemory, "gate" | "isLarge">) {
    this.#plan = plan;
    this.gate = gate;
    this.isLarge = isLarge;
    this.copy = new PackedCopy(plan, true);
    this.plannedTable = new PostgresPlannedTable(plan);
  }

  /** Once a script of the load's own has run, the plan is confirmed before the first rows. Throws `TARGET_ALTERED`. */
  async lookAfterScripts(
    client: Client,
    { pipeline, tables }: { readonly pipeline: Pipeline; readonly tables: MadeTables },
  ): Promise<void> {
    if (!tables.scripted || this.#looked === tables) return;
    await this.plannedTable.look(client, pipeline);
    this.#looked = tables;
  }

  /** The batch as COPY data, on its way or there; `null` when its rows are sent one by one. */
  encoded(batch: Batch): EncodedBatch | null {
    const { packed } = batch;
    if (packed === null || this.#plan.rowSource !== "staged") return null;
    const direct = this.#goesDirectly(packed);
    const known = this.#encoded.get(batch);
    if (known?.direct === direct) return known;
    const encoded = this.#encode(packed, direct);
    this.#encoded.set(batch, encoded);
    return encoded;
  }

  #encode(packed: PackedRows, direct: boolean): EncodedBatch {
    const range = direct || !this.#plan.method.byIndex ? null : denseRange(this.#plan, packed);
    const data = this.copy.encode(packed, !direct);
    const distinct = !direct && (range?.ascending === true || this.#differ(packed));
    return { direct, data, range, distinct };
  }

  /** True when no key is there twice; false when that is not known. */
  #differ(packed: PackedRows): boolean {
    const hashes = this.#plan.mode === "insert" ? null : this.copy.keyHashes(packed);
    return hashes !== null && allDiffer(hashes);
  }

  #goesDirectly({ shape }: PackedRows): boolean {
    if (this.#plan.method.name !== "copy") return false;
    return this.gate.open && shape.columns.length > 0;
  }

  /** A batch was applied, so the server has read its data: what is refused may still be on its way out. */
  sent(batch: Batch, data: CopyData | null): void {
    this.#encoded.delete(batch);
    if (data !== null) this.copy.recycle(data);
  }
}
