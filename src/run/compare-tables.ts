/** Compares the tables of a run with what they were before it, each once, however many loads it has. */
import { tableName } from "../model/table-shape.ts";
import type { Session } from "../targets/target.ts";
import { TableComparison } from "../write/compare-table.ts";
import type { PreparedPart } from "./prepare-run.ts";
import type { JoinedLoad } from "./run-request.ts";

/** A table, and the places of its loads. */
interface ComparedTable {
  readonly comparison: TableComparison;
  readonly places: readonly number[];
}

/** The tables of a run. */
export class RunComparison {
  readonly #tables: readonly ComparedTable[];

  constructor(session: Session, parts: readonly PreparedPart[]) {
    const plans = parts.map(({ prepared }) => prepared.plan.tables[0]);
    const places = new Map<string, number[]>();
    for (const [at, { table }] of plans.entries()) {
      const name = tableName(table.name);
      places.set(name, [...(places.get(name) ?? []), at]);
    }
    this.#tables = [...places.values()].flatMap((of) => {
      const own = of.flatMap((at) => plans[at] ?? []);
      const comparison = TableComparison.of(session, own);
      return comparison === null ? [] : [{ comparison, places: of }];
    });
  }

  /** Keeps the rows of all tables, before the first record of the run. */
  async begin(): Promise<void> {
    for (const { comparison } of this.#tables) await comparison.begin();
  }

  /** Tells each last load of a table what differs in it, once all of them are written. */
  async find(loads: readonly JoinedLoad[]): Promise<void> {
    for (const { comparison, places } of this.#tables) {
      const own = places.flatMap((at) => loads[at] ?? []);
      const knowsKeys = own.every(({ writers }) => writers.knowsKeys);
      own.at(-1)?.notes.differ(await comparison.find(knowsKeys));
    }
  }
}
