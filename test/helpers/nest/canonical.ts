/**
 * Tables as texts that do not depend on the numbers that a database gave to rows: in the place of such a number stands the row
 * that it names. Rows of the model and rows of a database become the same texts by this one function.
 */
import type { Row, Value } from "./levels.ts";
import { refersTo } from "./model-table.ts";
import type { NestTable } from "./schema.ts";

/** The rows of tables, by the name of the table. */
export type RowsByTable = Readonly<Record<string, readonly Row[]>>;

/** Each table's rows as sorted texts, with what they refer to written out. */
export function canonical(
  shapes: readonly NestTable[],
  rows: RowsByTable,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    shapes.map((shape) => [
      shape.name,
      (rows[shape.name] ?? [])
        .map((row) => textOf(row, ownColumns(shape), { shape, all: { shapes, rows } }))
        .toSorted(),
    ]),
  );
}

interface All {
  readonly shapes: readonly NestTable[];
  readonly rows: RowsByTable;
}

/** A table among all of them. */
interface Place {
  readonly shape: NestTable;
  readonly all: All;
}

function ownColumns({ columns }: NestTable): readonly string[] {
  return columns.filter(({ generated }) => generated !== true).map(({ name }) => name);
}

/** What tells a row from others, beside its number: its other key, or all there is. */
function namingColumns(shape: NestTable): readonly string[] {
  return shape.keys.find((_, at) => at > 0) ?? ownColumns(shape);
}

function textOf(row: Row, columns: readonly string[], place: Place): string {
  return columns.map((name) => `${name}=${valueText(row, name, place) ?? "NULL"}`).join(" ");
}

/** A value of a row; a generated number, however many tables it came through, as the row that has it. */
function valueText(row: Row, name: string, { shape, all }: Place): Value {
  const reference = shape.references?.find(({ columns }) => columns.includes(name));
  const value = row[name] ?? null;
  if (reference === undefined)
    // Behind what a trigger changes is such a number.
    return shape.rewrites === name ? (value?.replace(/^d\d+$/, "d#") ?? null) : value;
  if (value === null) return value;
  const other = all.shapes.find((each) => each.name === reference.table);
  const to = reference.to[reference.columns.indexOf(name)] ?? "";
  const parent = all.rows[reference.table]?.find((each) => refersTo(row, each, reference));
  if (other === undefined || parent === undefined) return "nothing";
  const isNumber = other.columns.some((each) => each.name === to && each.generated === true);
  const place = { shape: other, all };
  if (!isNumber) return valueText(parent, to, place);
  return `(${textOf(parent, namingColumns(other), place)})`;
}
