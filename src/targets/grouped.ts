/** Groups what belongs together. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Row, RowShape } from "../model/batch.ts";
import type { Selection } from "./set-writer.ts";

/** The items by their keys, in the order in which keys and items come. */
export function grouped<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The rows of each shape, in order. */
export function byShape(rows: readonly Row[]): Map<RowShape, Row[]> {
  return grouped(rows, ({ shape }) => shape);
}

/** The shapes of the rows, and how many rows of each are selected. */
export function selectedShapes(
  rows: readonly Row[],
  selection: Selection,
): (readonly [shape: RowShape, selected: number])[] {
  const groups = [...byShape(rows)];
  if (selection.kind === "all") return groups.map(([shape, { length }]) => [shape, length]);
  const ords = new Set(selection.ords);
  const isSelected = ({ ord }: Row): boolean => ords.has(ord) === (selection.kind === "only");
  return groups.map(([shape, group]) => [shape, group.filter(isSelected).length]);
}

/** Finds rows by their `ord`. Throws `INTERNAL` for one that is not there. */
export function rowFinder(rows: readonly Row[]): (ord: unknown) => Row {
  const byOrd = new Map(rows.map((row) => [row.ord, row]));
  return (ord) => {
    const row = byOrd.get(Number(ord));
    if (row === undefined) throw upsurgeError("INTERNAL", { message: "a fault belongs to no row" });
    return row;
  };
}
