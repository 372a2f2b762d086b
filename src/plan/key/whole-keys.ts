/** The keys that may find the rows of a load or a level where none is named, and whether its records have one of them whole. Pure. */
import { isDeferred } from "../../model/table-shape.ts";
import type { TableShape, UniqueKey } from "../../model/table-shape.ts";

/** The keys of a table over plain columns and all rows, checked at once. */
export function plainKeys({ uniqueKeys }: TableShape): UniqueKey[] {
  return uniqueKeys.filter((key) => {
    const { kind, predicate, columns } = key;
    const isPlain = kind === "unique" && predicate === null && !columns.includes(null);
    return isPlain && !isDeferred(key, uniqueKeys);
  });
}

/** Those of them all of whose columns are filled. */
export function wholeKeys(shape: TableShape, filled: ReadonlySet<string>): UniqueKey[] {
  return plainKeys(shape).filter(({ columns }) => columns.every((name) => filled.has(name ?? "")));
}
