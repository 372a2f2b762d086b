/**
 * Exact counts at no cost: SQLite asks this function, in the WHERE of an upsert, whether to write the target row it met.
 * Never asked means that no target row was met; what it answered tells skipped from unchanged.
 */
import type { Connection } from "./connection.ts";
import { PROBE } from "./dialect.ts";

/** What the upsert of one row decided. */
export type Decision = "skipped" | "unchanged" | "written";

/** Hears what an upsert asks; reset before each row. */
export class Probe {
  decision: Decision | null = null;

  constructor(db: Connection) {
    const ask = (holds: unknown, same: unknown): number => {
      this.decision = holds === 1 ? (same === 1 ? "unchanged" : "written") : "skipped";
      return this.decision === "written" ? 1 : 0;
    };
    db.function(PROBE, { deterministic: false, directOnly: true }, ask);
  }
}
