/** Which look-ups share what they find: those that find rows of one table by the same columns. */
import type { LookupPlan } from "../../model/lookup-plan.ts";
import { tableName, tellsNumbers } from "../../model/table-shape.ts";
import { Finder } from "./finder.ts";
import type { LookupSession } from "./finder.ts";

/** The finder of each look-up, beside them. */
export function findersOf(
  lookups: readonly LookupPlan[],
  session: LookupSession,
): readonly Finder[] {
  const shared = new Map<string, Finder>();
  return lookups.map((lookup) => {
    const { parent, keys, refersTo, column } = lookup;
    const names = keys.map((key) => key.column.name);
    // What is a number depends on the column that is filled.
    const alike = JSON.stringify([
      tableName(parent.name),
      names,
      refersTo.name,
      tellsNumbers(column),
    ]);
    const finder = shared.get(alike) ?? new Finder(lookup, session);
    shared.set(alike, finder);
    return finder;
  });
}
