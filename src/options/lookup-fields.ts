/** The fields that look-ups read, by the names of the source. Pure. */
import type { Options } from "./options.ts";

/** The fields that the look-ups read, and the names of constants among them. */
export function lookupFields(options: Pick<Options, "lookup">): ReadonlySet<string> {
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
