/** Splits rows between the two passes of a load that sets columns late: what is written at once, and what is kept. */
import { rowColumns } from "../../model/batch.ts";
import type { Batch, Row, RowShape } from "../../model/batch.ts";
import { packedColumns } from "../../model/packed.ts";
import { packedBatch } from "../packed-batch.ts";

/** The columns of a shape that are taken, and their places in it. */
interface SplitShape {
  readonly shape: RowShape;
  readonly places: readonly number[];
}

/** Rows with some of their columns: those that `takes` names. */
export class RowSplit {
  readonly #takes: (column: string) => boolean;
  /** By the columns: rows with the same ones share a shape. */
  readonly #shapes = new Map<string, RowShape>();
  readonly #ofShape = new WeakMap<RowShape, SplitShape>();

  constructor(takes: (column: string) => boolean) {
    this.#takes = takes;
  }

  /** The shape of rows that carry these of them. */
  shapeOf(shape: RowShape): RowShape {
    return this.#splitOf(shape).shape;
  }

  #splitOf(of: RowShape): SplitShape {
    let split = this.#ofShape.get(of);
    if (split === undefined) {
      const places = of.columns.flatMap((name, at) => (this.#takes(name) ? [at] : []));
      split = { shape: this.shapeWith(of.columns.filter(this.#takes)), places };
      this.#ofShape.set(of, split);
    }
    return split;
  }

  /** The shape of these columns. */
  shapeWith(columns: readonly string[]): RowShape {
    const key = JSON.stringify(columns);
    const shape = this.#shapes.get(key) ?? { id: this.#shapes.size, columns };
    this.#shapes.set(key, shape);
    return shape;
  }

  /** The row with these columns, and what is looked up for them. */
  row(row: Row): Row {
    const { shape, places } = this.#splitOf(row.shape);
    return columnsOf(row, shape, places);
  }
}

/** The row with the columns at these places: they make the shape. */
export function columnsOf(row: Row, shape: RowShape, places: readonly number[]): Row {
  const { later, ...rest } = rowColumns(row, shape, places);
  const left = (later ?? []).flatMap((each) => {
    const at = places.indexOf(each.at);
    return at < 0 ? [] : [{ ...each, at }];
  });
  return left.length === 0 ? rest : { ...rest, later: left };
}

/** The batches of a load without the columns that are set late. */
export class FirstPass {
  readonly #split: RowSplit;
  readonly #batches = new WeakMap<Batch, Batch>();

  constructor(late: readonly string[]) {
    this.#split = new RowSplit((name) => !late.includes(name));
  }

  /** The batch as it is written at once; the same for the same batch, which may have been made ready. */
  of(batch: Batch): Batch {
    let first = this.#batches.get(batch);
    if (first === undefined) {
      first = this.#without(batch);
      this.#batches.set(batch, first);
    }
    return first;
  }

  #without(batch: Batch): Batch {
    const { number, size, packed } = batch;
    const rows = (): Row[] => batch.rows.map((row) => this.#split.row(row));
    if (packed === null) return { number, size, rows: rows(), packed: null };
    const shape = this.#split.shapeOf(packed.shape);
    const columns = packedColumns(packed, shape.columns);
    return packedBatch({ number, size }, { ...columns, shape }, rows);
  }
}
