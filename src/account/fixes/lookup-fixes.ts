/** The fix of a record that names no row of another table. */
import { tableName } from "../../model/table-shape.ts";
import type { KnownReject } from "./known-reject.ts";

/** ROW_LOOKUP: only what the tables allow. */
export function lookupFix({ reject, target }: KnownReject): string | null {
  const lookup = target?.plan.lookups?.find(({ column }) => column.name === reject.column);
  if (lookup === undefined)
    return reject.place === undefined
      ? null
      : "load the table of that level first, or correct the record";
  const { parent, column, missing, unique } = lookup;
  const table = tableName(parent.name);
  if (missing === "insert") return `correct the record, or make the row of ${table} by hand`;
  const load = `load ${table} first, or correct the record`;
  const isKey = target?.plan.arbiter?.columns.includes(column.name) === true;
  const asNull = column.nullable && !isKey ? "--lookup-missing null leaves the column NULL" : null;
  const make = unique ? "--lookup-missing insert makes the row" : null;
  const flags = [asNull, make].filter((flag) => flag !== null);
  return flags.length === 0 ? load : `${load}; ${flags.join(", ")}`;
}

/** ROW_LOOKUP_SEVERAL: a level has its key, and no look-up. */
export function severalFix({ reject, target }: KnownReject): string | null {
  const isLookup = target?.plan.lookups?.some(({ column }) => column.name === reject.column);
  return reject.place === undefined || isLookup === true
    ? null
    : "name a unique key of that level, as key:; or remove the rows that are there twice";
}
