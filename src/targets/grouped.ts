/** Groups what belongs together. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Batch, Row, RowShape } from "../model/batch.ts";
import type { PackedRows } from "../model/packed.ts";
import type { Selection } from "./set-writer.ts";

/** Shapes, and how many rows have each. */
export type SelectedShapes = (readonly [shape: RowShape, selected: number])[];

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

/** The shapes of a batch's rows, and how many rows of each are selected. */
export function shapesOf(batch: Batch, selection: Selection): SelectedShapes {
  // Rows of a packed batch are made by asking for them.
  if (batch.mixed !== undefined) return selectedMixed(batch.mixed, selection);
  if (batch.packed === null) return selectedShapes(batch.rows, selection);
  const chosen = selection.kind === "all" ? 0 : selection.ords.length;
  return [[batch.packed.shape, selection.kind === "only" ? chosen : batch.size - chosen]];
}

/** The same of rows. */
export function selectedShapes(rows: readonly Row[], selection: Selection): SelectedShapes {
  const groups = [...byShape(rows)];
  if (selection.kind === "all") return groups.map(([shape, { length }]) => [shape, length]);
  const isSelected = selecting(selection);
  return groups.map(([shape, group]) => [shape, group.filter(({ ord }) => isSelected(ord)).length]);
}

/** Tells whether the row with an `ord` is selected. */
function selecting(selection: Selection): (ord: number) => boolean {
  if (selection.kind === "all") return () => true;
  const ords = new Set(selection.ords);
  return (ord) => ords.has(ord) === (selection.kind === "only");
}

/** The same of packed rows of several shapes. */
function selectedMixed(mixed: readonly PackedRows[], selection: Selection): SelectedShapes {
  const isSelected = selecting(selection);
  const selected = new Map<RowShape, number>();
  for (const { shape, firstOrd, ordSteps } of mixed) {
    let rows = selected.get(shape) ?? 0;
    for (const step of ordSteps ?? []) if (isSelected(firstOrd + step)) rows += 1;
    selected.set(shape, rows);
  }
  return [...selected];
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
