/** Fills values into rows that were mapped without them. Pure. */
import type { Row } from "../model/batch.ts";

/** A value and its place among those of a row. */
export interface PlacedValue {
  readonly at: number;
  readonly text: string | null;
  /** It is a number to a column that takes any type. */
  readonly isNumber: boolean;
}

/** The row with these values in the places of NULLs. */
export function withValues(row: Row, placed: readonly PlacedValue[]): Row {
  const values = [...row.values];
  for (const { at, text } of placed) values[at] = text;
  if (!placed.some(({ isNumber }) => isNumber)) return { ...row, values };
  const numeric = [...(row.numeric ?? values.map(() => false))];
  for (const { at, isNumber } of placed) if (isNumber) numeric[at] = true;
  return { ...row, values, numeric };
}
