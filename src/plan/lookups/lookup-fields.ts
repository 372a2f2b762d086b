/** The fields that look-ups read, by the names of the source. Pure. */
import type { Options } from "../../options/options.ts";

/** What tells the fields of look-ups. */
export type LookupOptions = Pick<Options, "lookup" | "const">;

/** The fields that the look-ups read; what a constant fills is none. */
export function lookupFields(options: LookupOptions): ReadonlySet<string> {
  const fields = (options.lookup ?? []).flatMap(({ pairs }) => pairs.map(({ field }) => field));
  return new Set(fields);
}

/** The fields that only look-ups read: the column of that name is the one that they fill. */
export function keptFromColumns({ lookup }: Pick<Options, "lookup">): ReadonlySet<string> {
  const own = (lookup ?? []).flatMap(({ column, pairs }) =>
    pairs.map(({ field }) => field).filter((field) => field.toLowerCase() === column.toLowerCase()),
  );
  return new Set(own);
}
