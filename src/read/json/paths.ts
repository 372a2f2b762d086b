/** Members inside of members: what a dotted name, as in `--map address.city:city`, takes out of the objects of a record. */
import { jsonMembers } from "./members.ts";
import type { JsonMembers } from "./members.ts";
import type { RecordFault } from "../text/record-stream.ts";

/** A value inside of objects, by the name that flags call it. */
export interface MemberPath {
  readonly name: string;
  readonly parts: readonly string[];
}

/** The paths among the names that flags give: those with a dot between two names. */
export function memberPaths(names: readonly string[]): MemberPath[] {
  return [...new Set(names)].flatMap((name) => {
    const parts = name.split(".");
    return parts.length > 1 && !parts.includes("") ? [{ name, parts }] : [];
  });
}

/**
 * Adds the values of paths to the members of a record. A member that literally has the name wins; a path through NULL is NULL,
 * one that is not there is absent, and one through any other value is a fault: what it holds would be lost.
 */
export function addPaths(
  members: JsonMembers,
  paths: readonly MemberPath[],
): JsonMembers | RecordFault {
  const opened = new Map<string, JsonMembers>();
  const added: { readonly name: string; readonly found: FoundMember }[] = [];
  for (const { name, parts } of paths) {
    if (members.names.includes(name)) continue;
    const found = follow(members, { name, parts, at: 0 }, opened);
    if (found === null) continue;
    if ("code" in found) return found;
    added.push({ name, found });
  }
  if (added.length === 0) return members;
  return {
    names: [...members.names, ...added.map(({ name }) => name)],
    values: [...members.values, ...added.map(({ found }) => found.value)],
    kinds: [...members.kinds, ...added.map(({ found }) => found.kind)],
  };
}

interface FoundMember {
  readonly value: string | null;
  readonly kind: JsonMembers["kinds"][number];
}

interface Way extends MemberPath {
  /** The part that is next. */
  readonly at: number;
}

/** The value at the end of the way; `null` where it is absent. Objects are opened once. */
function follow(
  { names, values, kinds }: JsonMembers,
  way: Way,
  opened: Map<string, JsonMembers>,
): FoundMember | RecordFault | null {
  const { name, parts, at } = way;
  const place = names.lastIndexOf(parts[at] ?? "");
  if (place < 0) return null;
  const found = { value: values[place] ?? null, kind: kinds[place] ?? "text" } as const;
  if (at === parts.length - 1 || found.value === null) return found;
  if (found.kind !== "json" || !found.value.startsWith("{")) {
    const parent = parts.slice(0, at + 1).join(".");
    return {
      code: "ROW_PATH",
      message: `${parent} is no object, and ${name} is taken out of it`,
    };
  }
  const key = parts.slice(0, at + 1).join("\0");
  const inside = opened.get(key) ?? jsonMembers(found.value);
  if ("code" in inside) return inside;
  opened.set(key, inside);
  return follow(inside, { name, parts, at: at + 1 }, opened);
}
