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
import { jsonMembers } from "./members.ts";
import type { JsonMembers } from "./members.ts";
import { JsonText } from "./text.ts";

/** What a record is made of besides its members. */
export interface NestedContext {
  /** Names, values and kinds as records have them. */
  readonly values: (
    members: JsonMembers,
    level: readonly string[],
  ) => Pick<SourceRecord, "shape" | "values" | "kinds">;
  /** Those of the record that all of it is in. */
  readonly of: Pick<SourceRecord, "position" | "raw">;
}

/** A record without the members that hold others, and those others. */
export interface TakenApart {
  readonly own: JsonMembers;
  readonly nested: readonly NestedValue[];
}

const HERE: NestedPlace = { level: [], index: [] };

/** Takes a record apart; a fault is that of the whole record. */
export function takeApart(
  members: JsonMembers,
  wanted: readonly NestMember[],
  context: NestedContext,
  place: NestedPlace = HERE,
): TakenApart | RecordFault {
  const nested: NestedValue[] = [];
  for (const member of wanted) {
    const found = valueOf(members, member, context, place);
    if ("code" in found) return found;
    nested.push(found);
  }
  const names = new Set(wanted.map(({ name }) => name));
  const isOwn = (at: number): boolean => !names.has(members.names[at] ?? "");
  const left = [...members.names.keys()].filter(isOwn);
  if (left.length === members.names.length) return { own: members, nested };
  return {
    own: {
      names: left.map((at) => members.names[at] ?? ""),
      values: left.map((at) => members.values[at] ?? null),
      kinds: left.map((at) => members.kinds[at] ?? "text"),
    },
    nested,
  };
}

/** The value of a member; of one that is there twice, the last. */
function valueOf(
  { names, values, kinds }: JsonMembers,
  member: NestMember,
  context: NestedContext,
  place: NestedPlace,
): NestedValue | RecordFault {
  const at = names.lastIndexOf(member.name);
  if (at < 0) return { kind: "absent" };
  const [text = null, kind] = [values[at], kinds[at]];
  if (text === null) return { kind: "null" };
  if (kind !== "json") return { kind: "other", what: whatIs(kind) };
  const level = [...place.level, member.name];
  if (text.startsWith("{")) {
    const record = recordOf(text, member, context, { level, index: [...place.index, null] });
    return "code" in record ? record : { kind: "object", record };
  }
  return elementsOf(text, member, context, { level, index: place.index });
}

function whatIs(kind: JsonMembers["kinds"][number] | undefined): NoRecord {
  if (kind === "number") return "a number";
  return kind === "boolean" ? "true or false" : "a string";
}

function elementsOf(
  text: string,
  member: NestMember,
  context: NestedContext,
  place: NestedPlace,
): NestedValue | RecordFault {
  const elements: NestedElement[] = [];
  let fault: RecordFault | null = null;
  const json = new JsonText(text);
  json.elements(0, (from) => {
    const to = json.value(from, 1);
    const own = { ...place, index: [...place.index, elements.length + 1] };
    const found =
      text[from] === "{" && fault === null
        ? recordOf(text.slice(from, to), member, context, own)
        : null;
    if (found !== null && "code" in found) fault = found;
    else if (found !== null) elements.push({ kind: "record", record: found });
    else elements.push({ kind: "other", what: whatBegins(text[from] ?? ""), place: own });
    return to;
  });
  return fault ?? { kind: "array", elements };
}

function whatBegins(char: string): NoRecord {
  const known: Readonly<Record<string, NoRecord>> = {
    "[": "an array",
    '"': "a string",
    n: "null",
    t: "true or false",
    f: "true or false",
  };
  return known[char] ?? "a number";
}

function recordOf(
  text: string,
  { members }: NestMember,
  context: NestedContext,
  place: NestedPlace,
): SourceRecord | RecordFault {
  const found = jsonMembers(text);
  if ("code" in found) return found;
  const apart = takeApart(found, members, context, place);
  if ("code" in apart) return apart;
  const { own, nested } = apart;
  const record = { ...context.values(own, place.level), ...context.of, place };
  return members.length === 0 ? record : { ...record, nested };
}
