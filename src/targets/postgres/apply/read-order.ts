/** The settings by which the server finds keys, for a transaction whose writers each want their own. */
import type { Client } from "pg";
import type { TablePlan } from "../../../model/load-plan.ts";

/** The planner knows neither what is staged nor how the table has grown, and would read all of it for a batch. */
export function planningSettings(tables: readonly TablePlan[]): readonly string[] {
  const scans = tables.some(({ lookups = [] }) => lookups.some(({ unique }) => !unique));
  if (scans || !tables.some(({ method }) => method.byIndex)) return [];
  return ["set local enable_hashjoin = off", "set local enable_mergejoin = off"];
}

/** Keys that lie close together are found by reading their range of the index, others one by one. */
export class ReadOrder {
  readonly #client: Client;
  /** `null` when the settings are not known. */
  #ordered: boolean | null = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Makes the server read ranges of an index in order, or find keys one by one. */
  async set(ordered: boolean): Promise<void> {
    if (ordered === this.#ordered) return;
    this.#ordered = ordered;
    const [nested, merged] = ordered ? ["off", "on"] : ["on", "off"];
    await this.#client.query(
      `set local enable_nestloop = ${nested}; set local enable_mergejoin = ${merged}`,
    );
  }

  /** Settings made since a savepoint are gone with it. */
  rolledBack(): void {
    this.#ordered = null;
  }
}
