/**
 * The members of one JSON object: names, values as text and their kinds. However many there are, no more are kept than a
 * row can have columns.
 */
import type { FieldKind } from "../../model/record.ts";
import { JsonText } from "./text.ts";
import type { RecordFault } from "../text/record-stream.ts";

/** The members as they are; a name may be there more than once. */
export interface JsonMembers {
  readonly names: string[];
  readonly values: (string | null)[];
  readonly kinds: FieldKind[];
}

/** The most members of a record that are kept; no database has tables of so many columns. */
export const MOST_MEMBERS = 4096;

/** Whether a member of this name is of any use; those that are not are dropped where there are many. */
export type KeepsMember = (name: string) => boolean;

/** Takes a record apart, or says why it cannot be a row. */
export function jsonMembers(
  text: string,
  keeps: KeepsMember = () => true,
): JsonMembers | RecordFault {
  const json = new JsonText(text);
  const start = json.blank(0);
  const found: JsonMembers = { names: [], values: [], kinds: [] };
  const room = new MemberBudget(found, keeps);
  const isObject = text[start] === "{";
  const end = isObject
    ? json.members(start, (place, nameStart, nameEnd) => {
        const name = json.name(nameStart, nameEnd);
        if (!room.takes(name)) return json.value(place, 1);
        found.names.push(name);
        return member(json, place, found);
      })
    : json.value(start, 0);
  if (end >= 0 && json.blank(end) < text.length) json.fail(json.blank(end));
  if (json.fault !== null) return json.fault;
  if (!isObject) {
    return { code: "ROW_NOT_OBJECT", message: "the record is JSON but not an object" };
  }
  return json.refused ?? (room.isFull ? TOO_MANY : found);
}

/** The same of the object that begins at `at`, in a text that is JSON; and the place after it. */
export function membersAt(
  json: JsonText,
  at: number,
): { readonly found: JsonMembers | RecordFault; readonly end: number } {
  const found: JsonMembers = { names: [], values: [], kinds: [] };
  const room = new MemberBudget(found, () => true);
  const end = json.members(at, (place, nameStart, nameEnd) => {
    const name = json.name(nameStart, nameEnd);
    if (!room.takes(name)) return json.value(place, 1);
    found.names.push(name);
    return member(json, place, found);
  });
  return { found: json.fault ?? json.refused ?? (room.isFull ? TOO_MANY : found), end };
}

const TOO_MANY: RecordFault = {
  code: "ROW_MEMBERS",
  message: `the record has more than ${MOST_MEMBERS} members that would be columns`,
};

/** What there is room for. A record of usual size keeps what it has: what has no column is dropped where it is mapped. */
class MemberBudget {
  readonly #found: JsonMembers;
  readonly #keeps: KeepsMember;
  /** So many members that only those that are of use are kept. */
  #crowded = false;
  isFull = false;

  constructor(found: JsonMembers, keeps: KeepsMember) {
    this.#found = found;
    this.#keeps = keeps;
  }

  takes(name: string): boolean {
    if (this.isFull) return false;
    const { names } = this.#found;
    if (names.length < MOST_MEMBERS && !this.#crowded) return true;
    if (!this.#crowded) this.#makeRoom();
    this.#crowded = true;
    if (!this.#keeps(name)) return false;
    this.isFull = names.length === MOST_MEMBERS;
    return !this.isFull;
  }

  #makeRoom(): void {
    const { names, values, kinds } = this.#found;
    let kept = 0;
    for (const [at, name] of names.entries()) {
      if (!this.#keeps(name)) continue;
      names[kept] = name;
      values[kept] = values[at] ?? null;
      kinds[kept] = kinds[at] ?? "text";
      kept += 1;
    }
    for (const list of [names, values, kinds]) list.length = kept;
  }
}

function member(json: JsonText, place: number, found: JsonMembers): number {
  const end = json.value(place, 1);
  if (end < 0) return -1;
  const { text } = json;
  switch (text.charAt(place)) {
    case '"':
      found.values.push(json.decoded(place, end));
      found.kinds.push("text");
      break;
    case "n":
      found.values.push(null);
      found.kinds.push("text");
      break;
    case "t":
    case "f":
      found.values.push(text.slice(place, end));
      found.kinds.push("boolean");
      break;
    case "{":
    case "[":
      found.values.push(text.slice(place, end));
      found.kinds.push("json");
      break;
    default:
      found.values.push(text.slice(place, end));
      found.kinds.push("number");
  }
  return end;
}
