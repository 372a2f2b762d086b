/**
 * Rows that cost a load its transaction (`TransactionAborted`), and what the next try does about them: a row that was at
 * fault by itself is refused at once, in its place; rows that failed together are applied one at a time. A load is read in
 * the same order every time, so the rows are known by their place in it.
 */
import type { Batch, Row, RowFault } from "../model/batch.ts";
import type { TransactionAborted } from "../targets/target.ts";

/** Lives through the tries of a load. */
export class Quarantine {
  readonly #refused = new Map<number, Omit<RowFault, "row">>();
  readonly #rowByRow = new Set<number>();

  /** Learns from a lost transaction; one that tells nothing new must not be tried again. */
  learn(aborted: TransactionAborted): void {
    aborted.isNew = !this.knows(aborted);
    this.add(aborted);
  }

  /** Takes note of the rows of a lost transaction. */
  add({ rows, fault }: TransactionAborted): void {
    if (fault === null) for (const row of rows) this.#rowByRow.add(recordOrd(row));
    else {
      const { row, ...rest } = fault;
      this.#refused.set(recordOrd(row), rest);
    }
  }

  /** True when a lost transaction tells nothing new: another try would end the same way. */
  knows({ rows, fault }: TransactionAborted): boolean {
    return fault === null
      ? rows.every((row) => this.#rowByRow.has(recordOrd(row)))
      : this.#refused.has(recordOrd(fault.row));
  }

  /** The fault of a row that is not to be tried again; `null` for any other. */
  faultOf(row: Row): RowFault | null {
    const fault = this.#refused.get(recordOrd(row));
    return fault === undefined ? null : { ...fault, row };
  }

  /** The faults of the batch's rows that are not to be tried again. */
  faultsIn(batch: Batch): RowFault[] {
    // Naming the rows of a packed batch makes them.
    return this.#refused.size === 0 ? [] : batch.rows.flatMap((row) => this.faultOf(row) ?? []);
  }

  /** True when rows of the batch must be applied one at a time. */
  goesRowByRow(batch: Batch): boolean {
    return this.#rowByRow.size > 0 && batch.rows.some((row) => this.#rowByRow.has(recordOrd(row)));
  }
}

/** The place of the record that a row is of, or in: a record is written whole. */
function recordOrd(row: Row): number {
  return (row.root ?? row).ord;
}
