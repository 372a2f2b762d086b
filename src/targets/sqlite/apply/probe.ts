/**
 * Exact counts at no cost: SQLite asks this function, in the WHERE of an upsert, whether to write the target row it met.
 * Never asked means that no target row was met; what it answered tells skipped from unchanged.
 */
import type { SqliteConnection } from "../connect/connection.ts";
import { MET, PROBE } from "../dialect.ts";

/** What the upsert of one row decided. */
export type UpsertDecision = "skipped" | "unchanged" | "written";

/** Hears what an upsert asks; reset before each statement. */
export class UpsertProbe {
  decision: UpsertDecision | null = null;
  /** Target rows that an upsert of several rows has met: those it wrote, and those that a condition left out. */
  written = 0;
  skipped = 0;

  constructor(db: SqliteConnection) {
    const ask = (holds: unknown, same: unknown): number => {
      this.decision = holds === 1 ? (same === 1 ? "unchanged" : "written") : "skipped";
      return this.decision === "written" ? 1 : 0;
    };
    const meet = (writes: unknown): number => {
      if (writes !== 1) {
        this.skipped += 1;
        return 0;
      }
      this.written += 1;
      return 1;
    };
    db.function(PROBE, ask);
    db.function(MET, meet);
  }
}
