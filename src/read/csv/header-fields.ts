/** The fields that a header names: each has a key of its own, also where its name is missing or repeated. */
import type { HeaderField } from "../../model/header.ts";

/** The fields of a header with these names; `quoted`: the places of those in quotes, counted from 0. */
export function headerFields(
  names: readonly string[],
  quoted: readonly number[] | null = null,
): readonly HeaderField[] {
  const places = new Map<string, number[]>();
  names.forEach((name, index) => {
    const twins = places.get(name) ?? [];
    twins.push(index + 1);
    places.set(name, twins);
  });
  const inQuotes = new Set(quoted);
  const keys = new Set(names);
  return names.map((name, index) => {
    const number = index + 1;
    const twins = places.get(name) ?? [];
    const isNamed = name !== "" && twins.length === 1;
    const key = isNamed ? name : freeKey(String(number), keys);
    keys.add(key);
    const callable = twins.filter((each) => !places.has(String(each)));
    const byNumber = callable.includes(number);
    return { number, name, key, byNumber, twins, callable, quoted: inQuotes.has(index) };
  });
}

/** The number itself, as a rule: another field may be called so. */
function freeKey(number: string, keys: ReadonlySet<string>): string {
  let key = number;
  while (keys.has(key)) key = `#${key}`;
  return key;
}
