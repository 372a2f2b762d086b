/** Rows as arrays of texts, one for each column, that a statement reads as a relation. Pure. */
import type { Row } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { quoteIdentifier } from "../quote.ts";
import { absentColumns, absentValues, withGenerated } from "../stage/absent-columns.ts";
import { fromText } from "../types.ts";

/** The relation for rows that carry `columns`: the other columns have their defaults, as a row that is inserted, and a stamp may read generated ones. */
export function arrayRelation(plan: TablePlan, columns: readonly string[]): string {
  const { table } = plan;
  const carried = columns.map((name, at) => {
    const column = table.columns.find((each) => each.name === name);
    const text = `v${at}`;
    return `${column === undefined ? text : fromText(text, column)} as ${quoteIdentifier(name)}`;
  });
  const others = absentValues(absentColumns({ table }, columns));
  const arrays = columns.map((_, at) => `$${at + 2}::text[]`);
  const names = columns.map((_, at) => `v${at}`);
  const rows = `(select ${["o as upsurge_ord", ...carried, ...others].join(", ")}
from unnest(${["$1::bigint[]", ...arrays].join(", ")}) as u(${["o", ...names].join(", ")}))`;
  return withGenerated(plan, rows);
}

/** The parameters of the relation for these rows, which carry the same columns. */
export function arrayValues(rows: readonly Row[]): unknown[] {
  const width = rows[0]?.shape.columns.length ?? 0;
  return [
    rows.map(({ ord }) => ord),
    ...Array.from({ length: width }, (_, at) => rows.map(({ values }) => values[at] ?? null)),
  ];
}

/** The rows as ranges of neighbours that carry the same columns, in their order, of so many bytes if there are several. */
export function rangesOfShape(rows: readonly Row[], mostBytes: number | null): Row[][] {
  const all: Row[][] = [];
  let left = 0;
  for (const row of rows) {
    const last = all.at(-1);
    left -= mostBytes === null ? 0 : bytesOf(row);
    if (last?.[0]?.shape.id === row.shape.id && left >= 0) {
      last.push(row);
      continue;
    }
    all.push([row]);
    left = mostBytes === null ? 0 : mostBytes - bytesOf(row);
  }
  return all;
}

/** What the values of a row take at most in an array: a quote or a backslash takes two bytes. */
function bytesOf({ values }: Row): number {
  return values.reduce(
    (sum, value) => sum + (value === null ? 0 : 2 * Buffer.byteLength(value)) + 8,
    16,
  );
}
