/** Which loads of a run look up rows of which of its tables. Pure. */
import type { LoadPlan } from "../model/load-plan.ts";
import type { TableLoad } from "./find-tables.ts";
import type { LookupEdge } from "./order.ts";

/** The tables that the look-ups of a planned load read. */
export function lookupEdges({ tables }: LoadPlan): LookupEdge[] {
  return tables.flatMap(({ table, lookups = [] }) =>
    lookups.map(({ parent, column }) => ({
      child: table.name,
      parent: parent.name,
      column: column.name,
    })),
  );
}

/** The same as the options say it, before a load is planned: of tables of the run, called by a name that only one of them has. */
export function lookupsOf(
  { shape, options }: Pick<TableLoad, "shape" | "options">,
  tables: readonly Pick<TableLoad, "table" | "tableName" | "shape">[],
): LookupEdge[] {
  return (options.lookup ?? []).flatMap(({ table: called, column }) => {
    const name = bare(called);
    const found = tables.filter(
      ({ table, tableName, shape: { name: own } }) =>
        table === called || tableName === name || own.name === name,
    );
    const [first] = found;
    const isOne = found.every(({ tableName }) => tableName === first?.tableName);
    if (first === undefined || !isOne) return [];
    return [{ child: shape.name, parent: first.shape.name, column }];
  });
}

/** Without the quotes that --lookup takes. */
function bare(table: string): string {
  return table.replaceAll(/"((?:[^"]|"")*)"/g, (_, inside: string) => inside.replaceAll('""', '"'));
}
