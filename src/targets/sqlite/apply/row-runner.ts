/**
 * Runs the statements of rows that carry the same columns, and tells what became of each row.
 * Errors are thrown as the driver raises them; `apply-batch.ts` decides which of them are the row's.
 */
import type { RowOutcome } from "../../../model/counts.ts";
import { saysFail } from "../catalog/says-fail.ts";
import type { SqliteConnection, Statement } from "../connect/connection.ts";
import { isInsertOnly, isUniqueViolation } from "../errors.ts";
import { canRefuse, rowStatements } from "./row-statements.ts";
import type { RowMethod } from "./row-statements.ts";
import type { RowSql } from "../dialect.ts";
import type { UpsertProbe } from "./probe.ts";
import type { BoundValue } from "../stage/values.ts";

/** Several target rows share the key of one incoming row. */
export class AmbiguousKey extends Error {}

interface FoundRows {
  readonly holds: number;
  readonly same: number;
}

type PreparedStatements = Readonly<
  Record<"stage" | "find" | "propose" | "update" | "insert", Statement | null>
>;

/** Applies rows of one shape. */
export class RowRunner {
  readonly #db: SqliteConnection;
  readonly #probe: UpsertProbe;
  readonly #leavesAlone: boolean;
  readonly #run: PreparedStatements;
  /** Inserts read the staged row. */
  readonly #staged: boolean;
  readonly #isView: boolean;
  readonly #triggered: boolean;
  readonly #mayRefuse: (values: readonly BoundValue[]) => boolean;
  /** Applies the row with these values. Throws an `AmbiguousKey` or the driver's error. */
  readonly apply: (values: readonly BoundValue[]) => RowOutcome;

  constructor(db: SqliteConnection, probe: UpsertProbe, row: RowSql) {
    this.#db = db;
    this.#probe = probe;
    this.#staged = row.readsStaged;
    this.#isView = row.plan.table.kind === "view";
    this.#mayRefuse = canRefuse(row);
    const sql = rowStatements(row);
    this.apply = this.#undoing(sql.method, this.#applied()[sql.method]);
    this.#leavesAlone = sql.leavesAlone;
    this.#triggered = sql.triggered;
    const prepare = (text: string | null): Statement | null =>
      text === null ? null : db.prepare(text);
    this.#run = {
      stage: prepare(sql.stage),
      find: prepare(sql.find),
      propose: prepare(sql.propose),
      update: prepare(sql.update),
      insert: prepare(sql.insert),
    };
  }

  #applied(): Record<RowMethod, (values: readonly BoundValue[]) => RowOutcome> {
    return {
      insert: (values) => this.#insert(values),
      upsert: (values) => this.#upsert(values),
      update: (values) => this.#update(values),
      delete: (values) => this.#delete(values),
      find: (values) => this.#findThenWrite(values),
      propose: (values) => this.#whole(() => this.#proposeThenUpdate(values)),
      any: (values) => this.#insertUnlessTaken(values),
    };
  }

  /** How a row is applied where a statement that fails may not be undone by SQLite itself. */
  #undoing(method: RowMethod, apply: RowRunner["apply"]): RowRunner["apply"] {
    if (method === "propose" || !saysFail(this.#db)) return apply;
    return (values) => this.#whole(() => apply(values));
  }

  /** Runs an insert, from the staged row where it reads that one; tells the rows written. */
  #write(statement: Statement | null, values: readonly BoundValue[]): number {
    if (statement === null) return 0;
    if (this.#staged) {
      this.#run.stage?.run(...values);
      return statement.run().changes;
    }
    return statement.run(...values).changes;
  }

  #insert(values: readonly BoundValue[]): RowOutcome {
    const changes = this.#write(this.#run.insert, values);
    // A view's own trigger writes, which SQLite does not count.
    return changes > 0 || this.#isView ? "inserted" : "suppressed";
  }

  #upsert(values: readonly BoundValue[]): RowOutcome {
    this.#probe.decision = null;
    const changes = this.#write(this.#run.insert, values);
    const { decision } = this.#probe;
    if (decision === "skipped" || decision === "unchanged") return decision;
    if (changes > 0) return decision === null ? "inserted" : "updated";
    return this.#leavesAlone ? this.#ignoredOrSuppressed(values) : "suppressed";
  }

  /** DO NOTHING wrote nothing: a target row is in the way, or a trigger dropped the row. */
  #ignoredOrSuppressed(values: readonly BoundValue[]): RowOutcome {
    if (!this.#triggered) return "ignored";
    if (this.#run.propose === null) return this.#find(values) === null ? "suppressed" : "ignored";
    return this.#undone(() => {
      try {
        this.#write(this.#run.propose, values);
        return "suppressed";
      } catch (error) {
        if (isUniqueViolation(error)) return "ignored";
        throw error;
      }
    });
  }

  /** Ignore mode on any unique key, without ON CONFLICT. */
  #insertUnlessTaken(values: readonly BoundValue[]): RowOutcome {
    try {
      return this.#insert(values);
    } catch (error) {
      if (isUniqueViolation(error)) return "ignored";
      throw error;
    }
  }

  #find(values: readonly BoundValue[]): FoundRows | null {
    this.#run.stage?.run(...values);
    const found = (this.#run.find?.all() ?? []) as FoundRows[];
    if (found.length > 1) {
      throw new AmbiguousKey(
        "several rows of the table have this key, which no unique index guards",
      );
    }
    return found[0] ?? null;
  }

  #update(values: readonly BoundValue[]): RowOutcome {
    const found = this.#find(values);
    return found === null ? "skipped" : this.#updateFound(found);
  }

  #delete(values: readonly BoundValue[]): RowOutcome {
    const found = this.#find(values);
    if (found === null || found.holds !== 1) return "skipped";
    const changes = this.#run.update?.run().changes ?? 0;
    return changes > 0 ? "deleted" : "suppressed";
  }

  #updateFound(found: FoundRows): RowOutcome {
    if (this.#leavesAlone) return "ignored";
    if (found.holds !== 1) return "skipped";
    if (found.same === 1) return "unchanged";
    const changes = this.#run.update?.run().changes ?? 0;
    return changes > 0 || this.#isView ? "updated" : "suppressed";
  }

  #findThenWrite(values: readonly BoundValue[]): RowOutcome {
    const found = this.#find(values);
    if (found === null) return this.#insert(values);
    if (this.#run.propose !== null && this.#mayRefuse(values)) this.#refuseUninsertable(values);
    return this.#updateFound(found);
  }

  /** A row must be insertable even where it meets a target row: proposes it, and undoes that. */
  #refuseUninsertable(values: readonly BoundValue[]): void {
    this.#undone(() => {
      try {
        this.#write(this.#run.propose, values);
      } catch (error) {
        if (!isInsertOnly(error)) throw error;
      }
    });
  }

  /** BEFORE INSERT triggers fire for every proposed row, also for those that end as an update: so the proposal stays. */
  #proposeThenUpdate(values: readonly BoundValue[]): RowOutcome {
    this.#probe.decision = null;
    const changes = this.#write(this.#run.propose, values);
    if (this.#probe.decision === null) return changes > 0 ? "inserted" : "suppressed";
    const found = this.#find(values);
    return found === null ? "suppressed" : this.#updateFound(found);
  }

  /** Runs `work` as a whole: what it did is undone when it throws. */
  #whole(work: () => RowOutcome): RowOutcome {
    this.#db.exec("savepoint upsurge_whole");
    try {
      const outcome = work();
      this.#db.exec("release upsurge_whole");
      return outcome;
    } catch (error) {
      this.#undo("upsurge_whole");
      throw error;
    }
  }

  /** Runs `work` and undoes it. */
  #undone<T>(work: () => T): T {
    this.#db.exec("savepoint upsurge_try");
    try {
      return work();
    } finally {
      this.#undo("upsurge_try");
    }
  }

  #undo(savepoint: string): void {
    // A trigger may have ended the transaction, and the savepoints with it.
    if (this.#db.inTransaction) this.#db.exec(`rollback to ${savepoint}; release ${savepoint}`);
  }
}
