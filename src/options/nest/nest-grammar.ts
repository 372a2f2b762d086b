/**
 * Reads --nest: `member:table`, or a mapping of members in YAML or JSON, each with its table or with the options of its level.
 * Which options there are, and what they mean to tables, is left to those who know them.
 */
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Node, Pair } from "yaml";
import type { Grammar, TypedValue } from "../grammar.ts";

/** What stands behind a name of a level: texts, or pairs of them. */
export type GivenEntry =
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  | { readonly kind: "pairs"; readonly pairs: readonly (readonly [string, string])[] };

/** A member whose value holds rows of another table. */
export interface GivenMember {
  /** Its name, behind those of the members that it is in. */
  readonly path: readonly string[];
  /** By name, as they are written; `nest` left aside. */
  readonly entries: ReadonlyMap<string, GivenEntry>;
}

/** `--nest`: members, those that hold others before them. */
export interface GivenNest extends TypedValue {
  readonly members: readonly GivenMember[];
}

/** Levels in levels, at most; a record may not be nested deeper. */
const DEEPEST = 16;

/** Reads --nest. */
export const NEST_VALUE: Grammar<GivenNest> = {
  expected:
    "member:table, or a mapping such as 'lines: { table: order_lines, key: [order_id, line_no] }'",
  parse: (text) => {
    const members = shortMember(text) ?? mappedMembers(text);
    return members === null || members.length === 0 ? null : { text, members };
  },
};

/** `lines.taxes:line_taxes`; a member with a dot in its name needs the mapping. */
function shortMember(text: string): GivenMember[] | null {
  const [, member, table] = /^\s*([^\s:{}[\]"',]+):([^\s:{}[\],]+)\s*$/.exec(text) ?? [];
  if (member === undefined || table === undefined) return null;
  const path = member.split(".");
  if (path.includes("")) return null;
  return [{ path, entries: new Map([["table", { kind: "texts", texts: [table] }]]) }];
}

function mappedMembers(text: string): GivenMember[] | null {
  const document = parseDocument(text, {
    schema: "failsafe",
    uniqueKeys: true,
    logLevel: "silent",
  });
  if (document.errors.length > 0 || document.warnings.length > 0) return null;
  return membersOf(document.contents, []);
}

function membersOf(node: unknown, above: readonly string[]): GivenMember[] | null {
  if (!isMap<Node, Node | null>(node) || above.length >= DEEPEST) return null;
  const members: GivenMember[] = [];
  for (const pair of node.items) {
    const name = textOf(pair.key);
    const found = name === null || name === "" ? null : memberOf(pair, [...above, name]);
    if (found === null) return null;
    members.push(...found);
  }
  return members;
}

/** A member, and those inside of it. */
function memberOf(
  { value }: Pair<Node, Node | null>,
  path: readonly string[],
): GivenMember[] | null {
  const table = textOf(value);
  if (table !== null)
    return table === ""
      ? null
      : [{ path, entries: new Map([["table", { kind: "texts", texts: [table] }]]) }];
  if (!isMap<Node, Node | null>(value)) return null;
  const entries = new Map<string, GivenEntry>();
  let inside: GivenMember[] = [];
  for (const { key, value: own } of value.items) {
    const name = textOf(key);
    if (name === null) return null;
    if (name === "nest") {
      const nested = membersOf(own, path);
      if (nested === null) return null;
      inside = nested;
      continue;
    }
    const entry = entryOf(own);
    if (entry === null) return null;
    entries.set(name, entry);
  }
  return entries.has("table") ? [{ path, entries }, ...inside] : null;
}

function entryOf(node: Node | null): GivenEntry | null {
  const text = textOf(node);
  if (text !== null) return { kind: "texts", texts: [text] };
  if (isSeq<Node>(node)) {
    const texts = node.items.map(textOf);
    return texts.includes(null) || texts.length === 0
      ? null
      : { kind: "texts", texts: texts.filter((each) => each !== null) };
  }
  if (!isMap<Node, Node | null>(node) || node.items.length === 0) return null;
  const pairs: [string, string][] = [];
  for (const { key, value } of node.items) {
    const [name, own] = [textOf(key), textOf(value)];
    if (name === null || own === null) return null;
    pairs.push([name, own]);
  }
  return { kind: "pairs", pairs };
}

function textOf(node: Node | null): string | null {
  if (node === null) return "";
  return isScalar(node) && typeof node.value === "string" ? node.value : null;
}
