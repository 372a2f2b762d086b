/**
 * Applies the rows of a batch in their order: several in a statement where they may share one, else one at a time.
 * A row that SQLite refuses becomes a fault; SQLite itself undoes what its statement had done, or `row-runner.ts` does.
 */
import { messageOf } from "../../../errors/message-of.ts";
import { rowsAt } from "../../../model/batch.ts";
import type { Batch, BatchResult, Row, RowFault, RowShape } from "../../../model/batch.ts";
import { addCounts, noCounts } from "../../../model/counts.ts";
import type { OutcomeCounts, RowOutcome } from "../../../model/counts.ts";
import type { PackedRows, PackedSlice } from "../../../model/packed.ts";
import type { TableShape } from "../../../model/table-shape.ts";
import { TransactionAborted } from "../../target.ts";
import type { SqliteConnection } from "../connect/connection.ts";
import { classify, rowFault } from "../errors.ts";
import { MadeRowids } from "./made-rowids.ts";
import { BatchMisfits } from "../stage/misfits.ts";
import type { MisfitColumns } from "../stage/misfits.ts";
import type { PackedValues } from "../stage/packed-values.ts";
import { inOrder } from "./mixed-rows.ts";
import { isWorthPages } from "./paged-rows.ts";
import type { PagedRow, PagedRows } from "./paged-rows.ts";
import type { RowGroup } from "./row-group.ts";
import { AmbiguousKey } from "./row-runner.ts";
import type { RowRunner } from "./row-runner.ts";
import { bindValue, keepsMisfit, RangeFault } from "../stage/values.ts";
import type { BoundValue, BoundColumn } from "../stage/values.ts";

/** How rows that carry the same columns are applied. */
export interface ShapeRunner {
  readonly columns: readonly BoundColumn[];
  readonly one: RowRunner;
  /** `null` where each row needs a statement of its own. */
  readonly group: RowGroup | null;
  readonly packed: PackedValues;
  readonly misfits: MisfitColumns;
  /** Rows that go a page at a time; `null` where there are no pages. Asked for by a batch that has use for them. */
  readonly paged: () => PagedRows | null;
}

/** What a batch is for. */
export interface BatchUse {
  /** The one that is written. */
  readonly table: TableShape;
  /** The outcome of each row is told. */
  readonly tells: boolean;
  /** The column whose value is told of a row that was inserted without one: the rowid; `null`: none. */
  readonly made: string | null;
}

/** Applies one batch; used once. */
export class BatchRun {
  readonly #db: SqliteConnection;
  readonly #batch: Batch;
  readonly #table: TableShape;
  readonly #counts = noCounts();
  readonly #faults: RowFault[] = [];
  /** The values of the rows that wait for a statement, and the places of these rows in the batch. */
  #values: BoundValue[] = [];
  #waiting: number[] = [];
  /** Places among these rows that hold a misfit. */
  #misfitPlaces: number[] = [];
  readonly #misfits: BatchMisfits;
  /** By the place of the row; `null` where nobody asks. */
  readonly #outcomes: Map<number, RowOutcome> | null;
  readonly #made: MadeRowids | null;

  constructor(db: SqliteConnection, batch: Batch, { table, tells, made }: BatchUse) {
    this.#db = db;
    this.#batch = batch;
    this.#table = table;
    this.#misfits = new BatchMisfits(batch);
    this.#outcomes = tells ? new Map() : null;
    this.#made = made === null ? null : new MadeRowids(db, made);
  }

  /** Applies all rows; its faults are in the order of the rows. */
  apply(runnerOf: (shape: RowShape) => ShapeRunner): BatchResult {
    const { packed, mixed = packed === null ? [] : [packed] } = this.#batch;
    const takes = ({ shape, slices }: PackedRows): boolean =>
      slices.every((slice) => runnerOf(shape).packed.takes(slice));
    if (mixed.length === 0 || !mixed.every(takes)) this.#applyRows(runnerOf);
    else if (packed === null) this.#applyMixed(mixed, runnerOf);
    else this.#applyPacked(runnerOf(packed.shape), packed);
    this.#faults.sort((a, b) => a.row.ord - b.row.ord);
    const result = { counts: this.#counts, faults: this.#faults, misfits: this.#misfits.all };
    return {
      ...result,
      ...(this.#outcomes === null ? {} : { outcomes: this.#byOrd(this.#outcomes) }),
      ...(this.#made === null ? {} : { made: this.#byOrd(this.#made.byPlace) }),
    };
  }

  #byOrd<T>(told: ReadonlyMap<number, T>): Map<number, T> {
    const { rows } = this.#batch;
    return new Map([...told].map(([place, each]) => [rows[place]?.ord ?? place, each]));
  }

  #applyPacked(runner: ShapeRunner, packed: PackedRows): void {
    // A statement for several rows only counts them.
    const counts = this.#outcomes === null && this.#made === null;
    let paged = counts && isWorthPages(packed) ? runner.paged() : null;
    let place = 0;
    for (const slice of packed.slices) {
      for (let record = slice.from; record < slice.to; record += 1) {
        const encoded = paged?.addEncoded(slice, record, place) ?? 0;
        place += encoded;
        record += encoded;
        if (record === slice.to) break;
        try {
          if (paged === null) this.#bindRow(runner, slice, record, place);
          else if (!paged.add(slice, record, place)) {
            paged = this.#applyUnpaged(runner, paged, { slice, record, place });
          }
        } catch (error) {
          this.#refuse(place, error);
        }
        place += 1;
      }
    }
    if (paged !== null) this.#applyPage(runner, paged);
    this.#applySingly(runner);
  }

  #applyMixed(mixed: readonly PackedRows[], runnerOf: (shape: RowShape) => ShapeRunner): void {
    let last: ShapeRunner | null = null;
    let place = 0;
    for (const { shape, slice, record } of inOrder(mixed, this.#batch.size)) {
      const runner = runnerOf(shape);
      if (last !== null && last !== runner) this.#applySingly(last);
      last = runner;
      try {
        this.#bindRow(runner, slice, record, place);
      } catch (error) {
        this.#refuse(place, error);
      }
      place += 1;
    }
    if (last !== null) this.#applySingly(last);
  }

  /** Takes a row that the page did not, behind those of the page; tells what the next row is offered to. */
  #applyUnpaged(
    runner: ShapeRunner,
    paged: PagedRows,
    { slice, record, place }: PagedRow,
  ): PagedRows | null {
    const applied = this.#applyPage(runner, paged);
    if (applied && paged.add(slice, record, place)) return paged;
    this.#bindRow(runner, slice, record, place);
    if (!applied) return null;
    this.#applySingly(runner);
    return paged;
  }

  /** Applies the rows of the page; where that fails they go on as rows that are bound, and false is told. */
  #applyPage(runner: ShapeRunner, paged: PagedRows): boolean {
    const counts = this.#countPage(paged);
    if (counts === null) {
      const rows = paged.rows();
      paged.clear();
      for (const { slice, record, place } of rows) this.#bindRow(runner, slice, record, place);
      return false;
    }
    addCounts(this.#counts, counts);
    for (const { slice, record, place } of paged.misfits()) {
      const values: BoundValue[] = [];
      runner.packed.bind(slice, record, values, 0);
      this.#misfits.count(runner.misfits.stored(values, 0, "inserted"), place);
    }
    paged.clear();
    return true;
  }

  #countPage(paged: PagedRows): OutcomeCounts | null {
    try {
      return paged.run();
    } catch (error) {
      this.#requireTransaction(error);
      if (classify(error) !== "row") throw error;
      return null;
    }
  }

  #bindRow(runner: ShapeRunner, slice: PackedSlice, record: number, place: number): void {
    const at = this.#waiting.length * runner.columns.length;
    this.#add(runner, place, runner.packed.bind(slice, record, this.#values, at));
  }

  #applyRows(runnerOf: (shape: RowShape) => ShapeRunner): void {
    let last: ShapeRunner | null = null;
    for (const [index, row] of this.#batch.rows.entries()) {
      const runner = runnerOf(row.shape);
      if (last !== null && last !== runner) this.#applySingly(last);
      last = runner;
      try {
        const at = this.#waiting.length * runner.columns.length;
        this.#add(runner, index, bindRow(row, runner.columns, this.#values, at));
      } catch (error) {
        this.#refuse(index, error);
      }
    }
    if (last !== null) this.#applySingly(last);
  }

  /** Takes the row that was bound behind those that wait; what becomes of misfits must be known row by row. */
  #add(runner: ShapeRunner, index: number, hasMisfit: boolean): void {
    const { group, misfits } = runner;
    const at = this.#waiting.length * runner.columns.length;
    if (hasMisfit) this.#misfitPlaces.push(this.#waiting.length);
    this.#waiting.push(index);
    // A statement for several rows only counts them.
    const isSingle =
      this.#outcomes !== null ||
      this.#made?.makes(runner.columns, this.#values, at) === true ||
      group === null ||
      !group.takes(this.#values, at) ||
      (hasMisfit && !misfits.always);
    if (isSingle) this.#applySingly(runner);
    else if (this.#waiting.length === group.rows) this.#applyTogether(runner, group);
  }

  #applyTogether(runner: ShapeRunner, group: RowGroup): void {
    try {
      addCounts(this.#counts, group.run(this.#values));
      // Whatever became of such a row, it holds the value.
      for (const place of this.#misfitPlaces) {
        const columns = runner.misfits.stored(
          this.#values,
          place * runner.columns.length,
          "inserted",
        );
        this.#misfits.count(columns, this.#waiting[place] ?? 0);
      }
      this.#misfitPlaces.length = 0;
      this.#waiting.length = 0;
    } catch (error) {
      this.#requireTransaction(error);
      if (classify(error) !== "row") throw error;
      this.#applySingly(runner);
    }
  }

  #applySingly(runner: ShapeRunner): void {
    const { one, columns } = runner;
    const width = columns.length;
    const waiting = this.#waiting;
    const places = new Set(this.#misfitPlaces);
    this.#waiting = [];
    this.#misfitPlaces = [];
    for (const [place, index] of waiting.entries()) {
      try {
        const outcome = one.apply(this.#values.slice(place * width, (place + 1) * width));
        this.#counts[outcome] += 1;
        this.#outcomes?.set(index, outcome);
        if (outcome === "inserted") this.#made?.note(index);
        if (places.has(place))
          this.#misfits.count(runner.misfits.stored(this.#values, place * width, outcome), index);
      } catch (error) {
        this.#requireTransaction(error, this.#refuse(index, error));
      }
    }
  }

  #refuse(index: number, error: unknown): RowFault {
    const [row] = rowsAt(this.#batch, Uint32Array.of(index));
    if (row === undefined) throw error;
    const fault = faultOf(row, error, this.#table);
    this.#faults.push(fault);
    return fault;
  }

  /**
   * A trigger may say RAISE(ROLLBACK), a constraint ON CONFLICT ROLLBACK: then everything is gone, and the load starts again,
   * without the row if it is known.
   */
  #requireTransaction(cause: unknown, fault: RowFault | null = null): void {
    if (this.#db.inTransaction) return;
    const said = messageOf(cause);
    const reason = `a trigger or constraint rolled the whole transaction back: ${said}`;
    throw new TransactionAborted(reason, fault === null ? this.#batch.rows : [fault.row], fault);
  }
}

/** Puts what is bound for a row into `into` from `at` on, as `PackedValues.bind` does. Throws a `RangeFault`. */
function bindRow(
  row: Row,
  columns: readonly BoundColumn[],
  into: BoundValue[],
  at: number,
): boolean {
  let hasMisfit = false;
  for (const [index, column] of columns.entries()) {
    const numeric = row.numeric?.[index] ?? false;
    const text = row.values[index] ?? null;
    into[at + index] = bindValue(text, numeric, column);
    hasMisfit ||= keepsMisfit(text, column);
  }
  return hasMisfit;
}

function faultOf(row: Row, error: unknown, table: TableShape): RowFault {
  if (error instanceof RangeFault) {
    const { code, column, message } = error;
    return { row, code, column, message, dbCode: null, constraint: null };
  }
  if (error instanceof AmbiguousKey) {
    const { message } = error;
    return { row, code: "ROW_REFUSED", column: null, message, dbCode: null, constraint: null };
  }
  return rowFault(row, error, table);
}
