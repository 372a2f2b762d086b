/**
 * Writes rows that are sent as arrays: those that are there are looked up, which tells the counts, and one statement writes. Rows
 * that repeat a key go in waves. A statement that fails for a row is undone, and its rows are taken in halves.
 */
import type { Client } from "pg";
import type { Batch, BatchResult, Row, RowFault } from "../../../model/batch.ts";
import { addCounts, noCounts } from "../../../model/counts.ts";
import type { Counts, RowOutcome } from "../../../model/counts.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { keyNotUnique } from "../../../sql/check-table.ts";
import { TransactionAborted } from "../../target.ts";
import type { Writer } from "../../target.ts";
import { faultOf, isRowError, isServerError, sayError } from "../errors.ts";
import { arrayValues, rangesOfShape } from "./array-rows.ts";
import { arraySql } from "./array-sql.ts";
import type { ArraySql } from "./array-sql.ts";
import { DISTRIBUTED } from "./dialect.ts";
import type { Maker } from "./makers.ts";

/** A statement wrote other rows than were expected: what became of each shows when they are taken one by one. */
class Untold extends Error {}

/** What became of rows that were written. */
interface WrittenTally {
  readonly counts: Counts;
  readonly outcomes: Map<number, RowOutcome>;
}

/** What became of the rows so far. */
interface Tally extends WrittenTally {
  readonly faults: RowFault[];
}

/** What a row meets. */
interface Met {
  readonly holds: boolean;
  readonly same: boolean;
}

/** The writer of one table. */
export class ArrayWriter implements Writer {
  readonly #client: Client;
  readonly #plan: TablePlan;
  readonly #maker: Maker;
  readonly #sql = new Map<number, ArraySql>();

  constructor(client: Client, plan: TablePlan, maker: Maker) {
    this.#client = client;
    this.#plan = plan;
    this.#maker = maker;
  }

  async applyEach(batch: Batch, tells = false): Promise<BatchResult> {
    const tally: Tally = { counts: noCounts(), faults: [], outcomes: new Map() };
    // A conflict on whatever key tells how many rows were written, not which.
    const isAlone =
      this.#plan.isolation.rowByRow !== null || (tells && this.#plan.mode === "ignore");
    const { statementBytes } = this.#maker;
    const groups = isAlone
      ? batch.rows.map((row) => [row])
      : rangesOfShape(batch.rows, statementBytes);
    for (const rows of groups) await this.#apply(rows, tally);
    const { counts, faults, outcomes } = tally;
    return { counts, faults, ...(tells ? { outcomes } : {}) };
  }

  async #apply(rows: readonly Row[], tally: Tally): Promise<void> {
    const { savepoints } = this.#maker;
    const attempt: WrittenTally = { counts: noCounts(), outcomes: new Map() };
    try {
      if (savepoints) await this.#client.query("savepoint upsurge_rows");
      await this.#attempt(rows, attempt);
      if (savepoints) await this.#client.query("release savepoint upsurge_rows");
    } catch (error) {
      if (!mayBeOfRow(error)) throw error;
      if (!savepoints) throw this.#aborted(rows, error);
      await this.#client.query(
        "rollback to savepoint upsurge_rows; release savepoint upsurge_rows",
      );
      return await this.#applyParts(rows, error, tally);
    }
    addCounts(tally.counts, attempt.counts);
    for (const [ord, outcome] of attempt.outcomes) tally.outcomes.set(ord, outcome);
  }

  async #applyParts(rows: readonly Row[], error: Error, tally: Tally): Promise<void> {
    const [only] = rows;
    if (rows.length === 1 && only !== undefined) {
      tally.faults.push(this.#faultOf(only, error));
      return;
    }
    const half = Math.ceil(rows.length / 2);
    await this.#apply(rows.slice(0, half), tally);
    await this.#apply(rows.slice(half), tally);
  }

  #faultOf(row: Row, error: Error): RowFault {
    if (!isServerError(error)) throw error;
    return faultOf(row, error, this.#plan.table);
  }

  /** The transaction is lost: it begins again without the row, or takes these rows one by one. */
  #aborted(rows: readonly Row[], error: Error): TransactionAborted {
    const [only] = rows;
    const said = isServerError(error) ? `${sayError(error)} (${error.code})` : error.message;
    const isKnown = rows.length === 1 && only !== undefined;
    return new TransactionAborted(said, rows, isKnown ? this.#faultOf(only, error) : null);
  }

  async #attempt(rows: readonly Row[], tally: WrittenTally): Promise<void> {
    for (const wave of await this.#waves(rows)) await this.#write(wave, tally);
  }

  /** The rows such that no key is in a wave twice, each repeat in a later one. */
  async #waves(rows: readonly Row[]): Promise<readonly (readonly Row[])[]> {
    const { repeats } = this.#sqlFor(rows);
    if (repeats === null || rows.length === 1) return [rows];
    const { rows: found } = await this.#client.query<{ ord: string; wave: string }>(
      repeats,
      arrayValues(rows),
    );
    if (found.length === 0) return [rows];
    if (this.#plan.isolation.inFileOrder !== null) return rows.map((row) => [row]);
    const waveOf = new Map(found.map(({ ord, wave }) => [Number(ord), Number(wave)]));
    const waves: Row[][] = [];
    for (const row of rows) (waves[(waveOf.get(row.ord) ?? 1) - 1] ??= []).push(row);
    return waves;
  }

  async #write(rows: readonly Row[], tally: WrittenTally): Promise<void> {
    const { look, write, leavesAlone } = this.#sqlFor(rows);
    const values = arrayValues(rows);
    const met = look === null ? null : await this.#look(look, values);
    const written = write === null ? 0 : ((await this.#client.query(write, values)).rowCount ?? 0);
    if (met === null) return tellWritten(rows, { written, leavesAlone }, tally);
    const outcomes = rows.map((row) => this.#outcomeOf(met.get(row.ord), leavesAlone));
    const expected = outcomes.filter((outcome) => outcome === "inserted" || outcome === "updated");
    if (written !== expected.length) {
      if (rows.length > 1)
        throw new Untold("the statement wrote other rows than those that were looked up");
      const { arbiter } = this.#plan;
      // Another session has given the key to a second row since the plan was checked.
      if (written > 1 && arbiter !== null) throw keyNotUnique(this.#plan, arbiter, DISTRIBUTED);
      outcomes[0] = "suppressed";
    }
    for (const [at, row] of rows.entries()) tell(row, outcomes[at] ?? "suppressed", tally);
  }

  async #look(sql: string, values: unknown[]): Promise<ReadonlyMap<number, Met>> {
    const { rows } = await this.#client.query<{ ord: string } & Met>(sql, values);
    return new Map(rows.map(({ ord, ...met }) => [Number(ord), met]));
  }

  #outcomeOf(met: Met | undefined, leavesAlone: boolean): RowOutcome {
    if (met === undefined) return this.#plan.mode === "update" ? "skipped" : "inserted";
    if (leavesAlone) return "ignored";
    if (!met.holds) return "skipped";
    return met.same ? "unchanged" : "updated";
  }

  #sqlFor(rows: readonly Row[]): ArraySql {
    const shape = rows[0]?.shape ?? { id: 0, columns: [] };
    let sql = this.#sql.get(shape.id);
    if (sql === undefined) {
      sql = arraySql(this.#plan, shape.columns);
      this.#sql.set(shape.id, sql);
    }
    return sql;
  }
}

/** Rows that were written without a look: by an insert, which may leave those alone that are there. */
function tellWritten(
  rows: readonly Row[],
  { written, leavesAlone }: { readonly written: number; readonly leavesAlone: boolean },
  tally: WrittenTally,
): void {
  const other: RowOutcome = leavesAlone ? "ignored" : "suppressed";
  if (rows.length === 1 || written === rows.length || written === 0) {
    for (const row of rows) tell(row, written === 0 ? other : "inserted", tally);
    return;
  }
  if (!leavesAlone) throw new Untold("the statement wrote fewer rows than it was given");
  addCounts(tally.counts, { inserted: written, ignored: rows.length - written });
}

function tell({ ord }: Row, outcome: RowOutcome, { counts, outcomes }: WrittenTally): void {
  counts[outcome] += 1;
  outcomes.set(ord, outcome);
}

function mayBeOfRow(error: unknown): error is Error {
  return (
    error instanceof Untold || (isServerError(error) && isRowError(error) && error.code !== "54000")
  );
}
