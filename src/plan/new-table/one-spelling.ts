/**
 * The names of new columns where records spell the name of a field in different cases: one column, as if the table were
 * there. Two names that always come together are two fields. Pure.
 */
import type { KnownFields } from "../../model/header.ts";
import { areTogether } from "../mapping/map-fields.ts";

/** The names without those that are another spelling of an earlier one. */
export function oneSpelling(
  names: readonly string[],
  sources: readonly KnownFields[],
): readonly string[] {
  const kept = new Map<string, readonly string[]>();
  for (const name of names) {
    const folded = name.toLowerCase();
    const others = kept.get(folded) ?? [];
    const isKept = others.every((other) => sources.some((each) => haveBoth(each, [name, other])));
    if (!others.includes(name) && isKept) kept.set(folded, [...others, name]);
  }
  return names.filter((name) => kept.get(name.toLowerCase())?.includes(name));
}

function haveBoth(known: KnownFields, pair: readonly [string, string]): boolean {
  const names = known.header?.map(({ name }) => name) ?? known.fields;
  if (!pair.every((name) => names.includes(name))) return false;
  return known.shapes === undefined || areTogether(known, pair);
}
