/** JSON that is written by columns: each member of the one object has all values of a column. For guesses about what a source holds. */
import { isJsonObject } from "./json-of.ts";

/** Whether each of several members is an array, all of them as long, and longer than one. */
export function isByColumns(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const members: unknown[] = Object.values(value);
  const [first] = members;
  if (!Array.isArray(first) || first.length < 2 || members.length < 2) return false;
  const { length } = first;
  return members.every((each) => Array.isArray(each) && each.length === length);
}
