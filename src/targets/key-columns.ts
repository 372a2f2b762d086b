/** Which columns of a record its key is told by, for the keys that are kept of a load. Pure. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Row, RowShape } from "../model/batch.ts";
import type { TablePlan } from "../model/load-plan.ts";
import type { PackedRows } from "../model/packed.ts";
import type { Column } from "../model/table-shape.ts";

/** The columns of what is kept of each record. */
export function keptColumns({ table, removal, comparison }: TablePlan): readonly Column[] {
  const names = removal?.keyColumns ?? comparison?.keyColumns ?? [];
  return table.columns.filter(({ name }) => names.includes(name));
}

/** The default of a column that a record may lack: one that is the same for all records. */
export function keptDefault({ defaultSql, volatileDefault }: Column): string | null {
  return volatileDefault ? null : defaultSql;
}

/**
 * Those that rows of a shape carry; the others have their default. Throws `DELETE_KEY_UNKNOWN` where that is made row by
 * row.
 */
export function carriedKey(plan: TablePlan, { columns }: RowShape): readonly string[] {
  const written = keptColumns(plan).filter(({ generatedSql }) => generatedSql === null);
  const unknown = written.find(
    ({ name, volatileDefault, identity }) =>
      (volatileDefault || identity !== null) && !columns.includes(name),
  );
  if (unknown !== undefined) {
    throw upsurgeError(
      "DELETE_KEY_UNKNOWN",
      { column: unknown.name },
      { where: "--delete-missing" },
    );
  }
  return written.map(({ name }) => name).filter((name) => columns.includes(name));
}

/** Packed rows with these of their columns. */
export function packedKeys(rows: PackedRows, names: readonly string[]): PackedRows {
  const places = names.map((name) => rows.shape.columns.indexOf(name));
  return {
    ...rows,
    shape: { id: rows.shape.id, columns: names },
    slices: rows.slices.map((slice) => ({
      ...slice,
      columns: slice.columns.length === 0 ? [] : pick(slice.columns, places),
    })),
  };
}

/** Rows with these of their columns. */
export function rowKeys(rows: readonly Row[], shape: RowShape): readonly Row[] {
  const [first] = rows;
  const places = shape.columns.map((name) => first?.shape.columns.indexOf(name) ?? -1);
  return rows.map((row) => ({
    ...row,
    shape,
    values: places.map((place) => row.values[place] ?? null),
    numeric: row.numeric === null ? null : places.map((place) => row.numeric?.[place] ?? false),
  }));
}

function pick<T>(list: readonly T[], places: readonly number[]): T[] {
  return places.flatMap((place) => list[place] ?? []);
}
