/** Takes the records out of the members of a JSON record: objects, and the elements of arrays. */
import type {
  NestedElement,
  NestedPlace,
  NestedValue,
  NestMember,
  NoRecord,
} from "../../model/nest/nesting.ts";
import type { SourceRecord } from "../../model/record.ts";
import type { RecordFault } from "../text/record-stream.ts";
import { jsonMembers, membersAt } from "./members.ts";
import type { JsonMembers } from "./members.ts";
import { addPaths, memberPaths } from "./paths.ts";
import { JsonText } from "./text.ts";

/** What a record is made of besides its members. */
export interface NestedContext {
  /** Names, values and kinds as records have them. */
  readonly values: (members: JsonMembers) => Pick<SourceRecord, "shape" | "values" | "kinds">;
  /** Those of the record that all of it is in. */
  readonly of: Pick<SourceRecord, "position" | "raw">;
  /** Told of the names of each record, of which some may be there twice. */
  readonly see: (names: readonly string[]) => void;
}

/** A record without the members that hold others, and those others. */
export interface TakenApart {
  readonly own: JsonMembers;
  readonly nested: readonly NestedValue[];
}

/** Takes a record apart; a fault is that of the whole record. */
export function takeApart(
  members: JsonMembers,
  wanted: readonly NestMember[],
  context: NestedContext,
  place: NestedPlace | null = null,
): TakenApart | RecordFault {
  const nested: NestedValue[] = [];
  for (const member of wanted) {
    const found = valueOf(members, member, context, place);
    if ("code" in found) return found;
    nested.push(found);
  }
  return { own: withoutMembers(members, wanted), nested };
}

function withoutMembers(members: JsonMembers, wanted: readonly NestMember[]): JsonMembers {
  const { names, values, kinds } = members;
  if (!names.some((each) => isWanted(each, wanted))) return members;
  const own: JsonMembers = { names: [], values: [], kinds: [] };
  for (const [at, name] of names.entries()) {
    if (isWanted(name, wanted)) continue;
    own.names.push(name);
    own.values.push(values[at] ?? null);
    own.kinds.push(kinds[at] ?? "text");
  }
  return own;
}

function isWanted(name: string, wanted: readonly NestMember[]): boolean {
  return wanted.some((each) => each.name === name);
}

/** The value of a member; of one that is there twice, the last. */
function valueOf(
  { names, values, kinds }: JsonMembers,
  member: NestMember,
  context: NestedContext,
  above: NestedPlace | null,
): NestedValue | RecordFault {
  const at = names.lastIndexOf(member.name);
  if (at < 0) return ABSENT;
  const [text = null, kind] = [values[at], kinds[at]];
  if (text === null) return NULL;
  if (kind !== "json") return { kind: "other", what: whatIs(kind) };
  const { name } = member;
  if (!text.startsWith("{")) return elementsOf(text, member, context, above);
  const record = recordOf(jsonMembers(text), member, context, { above, name, index: null });
  return "code" in record ? record : { kind: "object", record };
}

const ABSENT: NestedValue = { kind: "absent" };
const NULL: NestedValue = { kind: "null" };

function whatIs(kind: JsonMembers["kinds"][number] | undefined): NoRecord {
  if (kind === "number") return "a number";
  return kind === "boolean" ? "true or false" : "a string";
}

function elementsOf(
  text: string,
  member: NestMember,
  context: NestedContext,
  above: NestedPlace | null,
): NestedValue | RecordFault {
  const elements: NestedElement[] = [];
  let fault: RecordFault | null = null;
  const json = new JsonText(text);
  const [inside] = member.members;
  const wrapped = member.wraps === true ? inside : undefined;
  json.elements(0, (from) => {
    const place = { above, name: member.name, index: elements.length + 1 };
    const { found, end } = elementAt(json, from, (wrapped ?? member).scalar);
    if (found === null || fault !== null) {
      elements.push({ kind: "other", what: whatBegins(text[from] ?? ""), place });
      return end;
    }
    const own = wrapped === undefined ? place : { above: place, name: wrapped.name, index: null };
    const record = recordOf(found, wrapped ?? member, context, own);
    if ("code" in record) fault = record;
    else if (wrapped === undefined) elements.push({ kind: "record", record });
    else elements.push({ kind: "record", record: wrapping(record, context, place) });
    return end;
  });
  return fault ?? { kind: "array", elements };
}

/** The members of an element, or the one that stands for it; `null`: it is no record. */
function elementAt(
  json: JsonText,
  from: number,
  scalar: string | undefined,
): { readonly found: JsonMembers | RecordFault | null; readonly end: number } {
  const { text } = json;
  const first = text[from] ?? "";
  if (first === "{") return membersAt(json, from);
  const end = json.value(from, 1);
  if (scalar === undefined || first === "[" || first === "n") return { found: null, end };
  const isText = first === '"';
  const value = isText ? json.decoded(from, end) : text.slice(from, end);
  const kind = isText ? "text" : first === "t" || first === "f" ? "boolean" : "number";
  return { found: { names: [scalar], values: [value], kinds: [kind] }, end };
}

/** A record with nothing but another one in it. */
function wrapping(record: SourceRecord, context: NestedContext, place: NestedPlace): SourceRecord {
  const { shape, values, kinds } = context.values({ names: [], values: [], kinds: [] });
  return { shape, values, kinds, ...context.of, place, nested: [{ kind: "object", record }] };
}

function whatBegins(char: string): NoRecord {
  const known: Readonly<Record<string, NoRecord>> = {
    "[": "an array",
    "{": "an object",
    '"': "a string",
    n: "null",
    t: "true or false",
    f: "true or false",
  };
  return known[char] ?? "a number";
}

function recordOf(
  given: JsonMembers | RecordFault,
  { members, paths = [] }: NestMember,
  context: NestedContext,
  place: NestedPlace,
): SourceRecord | RecordFault {
  if ("code" in given) return given;
  context.see(given.names);
  const found = paths.length === 0 ? given : addPaths(given, memberPaths(paths));
  if ("code" in found) return found;
  const { position, raw } = context.of;
  if (members.length === 0) {
    const { shape, values, kinds } = context.values(found);
    return { shape, values, kinds, position, raw, place };
  }
  const apart = takeApart(found, members, context, place);
  if ("code" in apart) return apart;
  const { shape, values, kinds } = context.values(apart.own);
  return { shape, values, kinds, position, raw, place, nested: apart.nested };
}
