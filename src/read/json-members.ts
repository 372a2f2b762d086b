/**
 * The members of one JSON object: names, values as text and their kinds.
 */
import type { FieldKind } from "../model/record.ts";
import { JsonText } from "./json-text.ts";
import type { Fault } from "./record-stream.ts";

/** The members as they stand; a name may be there more than once. */
export interface JsonMembers {
  readonly names: string[];
  readonly values: (string | null)[];
  readonly kinds: FieldKind[];
}

/** Takes a record apart, or says why it cannot be a row. */
export function jsonMembers(text: string): JsonMembers | Fault {
  const json = new JsonText(text);
  const start = json.blank(0);
  const found: JsonMembers = { names: [], values: [], kinds: [] };
  const isObject = text[start] === "{";
  const end = isObject
    ? json.members(start, (place, nameStart, nameEnd) => {
        found.names.push(json.decoded(nameStart, nameEnd));
        return member(json, place, found);
      })
    : json.value(start, 0);
  if (end >= 0 && json.blank(end) < text.length) json.fail(json.blank(end));
  if (json.fault !== null) return json.fault;
  if (!isObject) {
    return { code: "ROW_NOT_OBJECT", message: "the record is JSON but not an object" };
  }
  return json.refused ?? found;
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
