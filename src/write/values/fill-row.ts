/** Fills the values of expressions into rows, one by one. Pure. */
import type { PendingValue, Row, RowFault, RowShape, ValueUse } from "../../model/batch.ts";
import type { ValueColumn } from "../../model/value-plan.ts";
import { nullKeyFault } from "../mapping/mapping-faults.ts";
import type { EvaluatedValue } from "./evaluate.ts";

/** What rows are filled with. */
export interface FillContext {
  readonly columns: readonly ValueColumn[];
  /** Key columns in which a NULL is a reject. */
  readonly guarded: ReadonlySet<string>;
  /** The code the database gives for a NULL in a NOT NULL column. */
  readonly notNullCode: string;
  /** The shape without the columns at these places. */
  readonly without: (shape: RowShape, places: readonly number[]) => RowShape;
}

/** The row with its values, or what is wrong with it. */
export type Filled =
  | { readonly kind: "row"; readonly row: Row }
  | { readonly kind: "fault"; readonly fault: RowFault };

/** The row with the values of its expressions, by the place of their columns in the plan. */
export function fillRow(
  row: Row,
  found: ReadonlyMap<number, EvaluatedValue>,
  context: FillContext,
): Filled {
  const { expressions, ...rest } = row;
  const values = [...row.values];
  const numeric = row.numeric === null ? values.map(() => false) : [...row.numeric];
  const texts = (row.pending ?? []).map((pending) => [...pending.texts]);
  const numbers = (row.pending ?? []).map((each) =>
    each.texts.map((_, at) => each.numbers?.[at] ?? false),
  );
  const absent: number[] = [];
  for (const use of expressions?.uses ?? []) {
    const value = found.get(use.value) ?? NOTHING;
    const fault = faultOf(value, use, context);
    if (fault !== null) return { kind: "fault", fault: { ...fault, row, constraint: null } };
    for (const { pending, key } of use.keys) {
      const of = texts[pending];
      if (of !== undefined) of[key] = value.text;
      const flags = numbers[pending];
      if (flags !== undefined) flags[key] = value.isNumber;
    }
    if (use.at === null) continue;
    values[use.at] = value.text;
    numeric[use.at] = value.isNumber;
    if (value.text === null && use.isAbsent) absent.push(use.at);
  }
  const pending = row.pending?.map((each, at): PendingValue => ({
    ...each,
    texts: texts[at] ?? [],
    numbers: numbers[at] ?? [],
  }));
  const filled: Row = {
    ...rest,
    values,
    numeric: numeric.includes(true) ? numeric : null,
    ...(pending === undefined ? {} : { pending }),
  };
  return { kind: "row", row: absent.length === 0 ? filled : leftOut(filled, absent, context) };
}

const NOTHING: EvaluatedValue = { text: null, isNumber: false, isBlob: false };

function faultOf(
  { text, isBlob }: EvaluatedValue,
  { value, at }: ValueUse,
  { columns, guarded, notNullCode }: FillContext,
): Omit<RowFault, "row" | "constraint"> | null {
  const column = columns[value]?.column;
  if (column === undefined) return null;
  if (isBlob) {
    const message = `the expression for ${column.name} gives a BLOB, and only texts and numbers can be written: cast it to text`;
    return { code: "ROW_TYPE", column: column.name, dbCode: null, message };
  }
  if (text !== null || at === null || !guarded.has(column.name)) return null;
  return nullKeyFault(column, notNullCode);
}

/** The row without the columns at these places, which its record does not have. */
function leftOut(row: Row, places: readonly number[], { without }: FillContext): Row {
  const isLeft = (_: unknown, at: number): boolean => !places.includes(at);
  const moved = (at: number): number => at - places.filter((place) => place < at).length;
  return {
    ...row,
    shape: without(row.shape, places),
    values: row.values.filter(isLeft),
    numeric: row.numeric?.filter(isLeft) ?? null,
    ...(row.pending === undefined
      ? {}
      : { pending: row.pending.map((each) => ({ ...each, at: moved(each.at) })) }),
  };
}
