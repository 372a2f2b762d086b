/**
 * Rows that are all new can be copied straight into the table: nothing is staged and nothing is looked up. The unique
 * index finds out whether they were: then the batch fails with 23505, is undone, and goes through the stage.
 */
import type { Client } from "pg";
import type { TablePlan } from "../../../model/load-plan.ts";
import { tableSql } from "../dialect.ts";

/** So many batches of nothing but new rows make another try worthwhile; twice as many after each that failed. */
const FIRST_PATIENCE = 2;

/** Decides batch by batch, from what became of those before; lives as long as the session. */
export class DirectGate {
  readonly #always: boolean;
  #open: boolean;
  #patience = FIRST_PATIENCE;
  #newBatches = 0;

  /** `always`: rows that are not new are refused anyway. */
  constructor({ open, always }: { readonly open: boolean; readonly always: boolean }) {
    this.#open = open || always;
    this.#always = always;
  }

  get open(): boolean {
    return this.#open;
  }

  /** A direct batch met a row that was there; true when the stage can do better. */
  failed(): boolean {
    if (this.#always) return false;
    this.#open = false;
    this.#newBatches = 0;
    this.#patience *= 2;
    return true;
  }

  /** A staged batch went well; `allNew` when it only inserted. */
  staged(allNew: boolean): void {
    this.#newBatches = allNew ? this.#newBatches + 1 : 0;
    if (this.#newBatches >= this.#patience) this.#open = true;
  }
}

/** The gate of a table at the start of its load: into an empty table every row is new. */
export async function openGate(client: Client, plan: TablePlan): Promise<DirectGate> {
  if (plan.method.name !== "copy") return new DirectGate({ open: false, always: false });
  if (plan.mode === "insert") return new DirectGate({ open: true, always: true });
  if (plan.emptied !== undefined) return new DirectGate({ open: true, always: false });
  if (plan.table.missingPrivileges.includes("select")) {
    return new DirectGate({ open: false, always: false });
  }
  const sql = `select exists (select from ${tableSql(plan)} limit 1) as filled`;
  const { rows } = await client.query<{ filled: boolean }>(sql);
  return new DirectGate({ open: rows[0]?.filled === false, always: false });
}

/** True when the table and its indexes do not fit into the memory that the server keeps pages in. */
export async function isLarge(client: Client, plan: TablePlan): Promise<boolean> {
  if (plan.method.merges === null) return false;
  const { rows } = await client.query<{ large: boolean | null }>(LARGE, [tableSql(plan)]);
  return rows[0]?.large === true;
}

const LARGE = `select greatest(pg_total_relation_size($1::regclass),
  (select sum(pg_total_relation_size(relid)) from pg_partition_tree($1::regclass)))
  > pg_size_bytes(current_setting('shared_buffers')) as large`;
