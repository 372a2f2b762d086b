/** Compares the tables of a run with what they were before it, each once, however many loads it has. */
import type { TablePlan } from "../model/load-plan.ts";
import { tableName } from "../model/table-shape.ts";
import type { Session } from "../targets/target.ts";
import { TableComparison } from "../write/compare-table.ts";
import type { PreparedPart } from "./prepare-run.ts";
import type { JoinedLoad } from "./run-request.ts";

/** A table of a load of the run, with its place in the plan of the load. */
interface TableOfLoad {
  readonly load: number;
  readonly at: number;
  readonly plan: TablePlan;
}

/** A table, and where the loads have it. */
interface ComparedTable {
  readonly comparison: TableComparison;
  readonly places: readonly TableOfLoad[];
}

/** The tables of a run. */
export class RunComparison {
  readonly #tables: readonly ComparedTable[];

  constructor(session: Session, parts: readonly PreparedPart[]) {
    const planned = parts.flatMap(({ prepared }, load) =>
      prepared.plan.tables.map((plan, at): TableOfLoad => ({ load, at, plan })),
    );
    const places = new Map<string, TableOfLoad[]>();
    for (const each of planned) {
      if (each.plan.comparison === undefined) continue;
      const name = tableName(each.plan.table.name);
      places.set(name, [...(places.get(name) ?? []), each]);
    }
    this.#tables = [...places.values()].flatMap((of) => {
      const comparison = TableComparison.of(
        session,
        of.map(({ plan }) => plan),
      );
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
      const knowsKeys = places.every(({ load }) => loads[load]?.writers.knowsKeys === true);
      const differences = await comparison.find(knowsKeys);
      const last = places.at(-1);
      if (last !== undefined) loads[last.load]?.notes.differ(last.at, differences);
    }
  }
}
