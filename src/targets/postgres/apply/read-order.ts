/** The settings by which the server finds keys, for a transaction whose writers each want their own. */
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Pipeline } from "../stage/pipeline.ts";

/** The planner knows neither what is staged nor how the table has grown, and would read all of it for a batch. */
export function planningSettings(tables: readonly TablePlan[]): readonly string[] {
  const scans = tables.some(({ lookups = [] }) => lookups.some(({ unique }) => !unique));
  if (scans || !tables.some(({ method }) => method.byIndex)) return [];
  return ["set local enable_hashjoin = off", "set local enable_mergejoin = off"];
}

/** Keys that lie close together are found by reading their range of the index, others one by one. */
export class ReadOrder {
  readonly #pipeline: Pipeline;
  /** `null` when the settings are not known. */
  #ordered: boolean | null = false;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
  }

  /** Makes the server read ranges of an index in order, or find keys one by one, from the next statement on. */
  set(ordered: boolean): void {
    if (ordered === this.#ordered) return;
    this.#ordered = ordered;
    const [nested, merged] = ordered ? ["off", "on"] : ["on", "off"];
    this.#pipeline.add(
      { sql: `set local enable_nestloop = ${nested}` },
      { sql: `set local enable_mergejoin = ${merged}` },
    );
  }

  /** Settings made since a savepoint are gone with it. */
  rolledBack(): void {
    this.#ordered = null;
  }
}
