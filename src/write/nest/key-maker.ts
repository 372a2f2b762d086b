/**
 * Gives rows the keys that the database makes, so that other rows can refer to them: those that it can be asked for before
 * the rows are written, by one statement for all of them; the others as their writer tells them.
 */
import type { Batch, BatchResult, Row, RowFault, RowShape } from "../../model/batch.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { MadeKeys } from "../../model/nest/made-keys.ts";
import type { Column } from "../../model/table-shape.ts";
import type { AppliedBatch } from "../applied-batch.ts";
import { rowsBatch } from "../row-batches.ts";
import { withValues } from "../row-values.ts";
import { Evaluator } from "../values/evaluate.ts";
import type { ValueSession } from "../values/evaluate.ts";

/** A value and the column that it is for. */
interface KnownValue {
  readonly column: Column;
  readonly text: string | null;
  /** It is a number to a column that takes any type. */
  readonly isNumber: boolean;
}

/** Shapes with a column more; those of records are counted from 0, and those of expressions downwards. */
const FIRST_SHAPE = -1_000_000;

/** Writes the batches of one table and one transaction. */
export class KeyMaker {
  readonly #plan: TablePlan;
  readonly #made: MadeKeys;
  readonly #session: ValueSession;
  readonly #shapes = new Map<string, RowShape>();

  constructor(plan: TablePlan, made: MadeKeys, session: ValueSession) {
    this.#plan = plan;
    this.#made = made;
    this.#session = session;
  }

  /** Has the rows written by `write`; its batch has the rows with their keys, those of rows that are not there left out. */
  async write(batch: Batch, write: (batch: Batch) => Promise<AppliedBatch>): Promise<AppliedBatch> {
    const { rows, faults } = await this.#take(batch.rows);
    const applied = await write(rowsBatch(batch, rows));
    const { result } = applied;
    const all = [...faults, ...result.faults].toSorted((a, b) => a.row.ord - b.row.ord);
    const told = applied.batch.rows.map((row) => this.#told(row, result));
    return { result: { ...result, faults: all }, batch: rowsBatch(batch, told) };
  }

  /** The rows with the keys that are known before; those whose default fails. */
  async #take(
    given: readonly Row[],
  ): Promise<{ rows: readonly Row[]; faults: readonly RowFault[] }> {
    let rows = given;
    const faults: RowFault[] = [];
    for (const { column, sql } of this.#made.before) {
      const lacking = rows.filter(({ shape }) => !shape.columns.includes(column.name));
      if (lacking.length === 0) continue;
      const asked = { text: sql, column, given: sql, expression: sql, fields: [] };
      const request = { table: this.#plan.table, columns: [asked], fields: 0 };
      const found = await new Evaluator(this.#session, request).evaluate(lacking);
      rows = rows.flatMap((row) => {
        const value = found.get(row);
        if (value === undefined) return [row];
        const [made] = value.kind === "values" ? value.values : [];
        if (made !== undefined && !made.isBlob) return [this.#with(row, [{ column, ...made }])];
        faults.push(value.kind === "fault" ? value.fault : blobFault(row, column));
        return [];
      });
    }
    return { rows, faults };
  }

  /** The row as others may refer to it. */
  #told(row: Row, { outcomes, made }: BatchResult): Row {
    const { before, written } = this.#made;
    const none = { text: null, isNumber: false };
    if (outcomes?.get(row.ord) === "suppressed")
      return this.#with(row, [
        ...before.map(({ column }) => ({ column, ...none })),
        ...written.map((column) => ({ column, ...none })),
      ]);
    const texts = made?.get(row.ord);
    if (texts === undefined) return row;
    return this.#with(
      row,
      written.map((column, at) => ({
        column,
        text: texts[at] ?? null,
        isNumber: column.identity !== null,
      })),
    );
  }

  /** A column that it had not comes last. */
  #with(row: Row, made: readonly KnownValue[]): Row {
    const { shape, values, numeric } = row;
    const names = made
      .map(({ column }) => column.name)
      .filter((name) => !shape.columns.includes(name));
    const wide = {
      ...row,
      shape: names.length === 0 ? shape : this.#shape([...shape.columns, ...names]),
      values: [...values, ...names.map(() => null)],
      numeric: numeric === null ? null : [...numeric, ...names.map(() => false)],
    };
    const placed = made.map(({ column, text, isNumber }) => ({
      at: wide.shape.columns.indexOf(column.name),
      text,
      isNumber,
    }));
    return withValues(wide, placed);
  }

  #shape(columns: readonly string[]): RowShape {
    const key = JSON.stringify(columns);
    const shape = this.#shapes.get(key) ?? { id: FIRST_SHAPE - this.#shapes.size, columns };
    this.#shapes.set(key, shape);
    return shape;
  }
}

function blobFault(row: Row, { name }: Column): RowFault {
  const message = `the default of ${name} gives a BLOB, and rows can only refer to a text or a number`;
  return { row, code: "ROW_TYPE", column: name, dbCode: null, constraint: null, message };
}
