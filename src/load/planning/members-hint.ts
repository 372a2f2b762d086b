/** Flags for the members of an object in a member of JSON records, where columns have their names. Pure. */
import { dropFlag } from "../../errors/shell-word.ts";
import { isJsonObject } from "../../model/json/json-of.ts";
import { shownName } from "../../model/header.ts";
import { FLAGS_SHOWN } from "../../plan/by-number.ts";
import { innerObject, mapFlags } from "./inner-records.ts";
import type { InnerObject, KnownColumns } from "./inner-records.ts";

/**
 * Flags for the one member among `fields` that has an object with columns in it: what services put around a record stays outside.
 * `null` where there is none, or more than one.
 */
export function membersHint(
  objects: readonly ReadonlyMap<string, unknown>[],
  fields: readonly string[],
  columns: KnownColumns,
): string | null {
  const found = fields.flatMap((field): (InnerObject & { readonly field: string })[] => {
    const value = objects.map((each) => each.get(field)).find(isJsonObject);
    const inner = value === undefined ? null : innerObject(value, columns, [field]);
    return inner === null ? [] : [{ ...inner, field }];
  });
  const best = found.length > 1 ? found.find(({ field }) => field === "after") : found[0];
  // Several of them are records of their own, by their keys; only of a change is one of two the record.
  if (best === undefined || (found.length > 1 && !fields.includes("before"))) return null;
  const others = fields.filter((name) => name !== best.field);
  const taken = best.known.length + others.length > FLAGS_SHOWN ? null : mapFlags(best, columns);
  if (taken === null) return null;
  const flags = [...taken, ...others.map(dropFlag)];
  const drops = others.length > 0 || best.others > 0 ? " and drops the rest" : "";
  return `pass ${flags.join(" ")}, which takes the members of ${best.way.map(shownName).join(".")} that have columns${drops}`;
}
