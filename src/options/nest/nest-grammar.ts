/**
 * Reads --nest: `member:table`, or a mapping of members in YAML or JSON, each with its table or with the options of its level.
 * Which options there are, and what they mean to tables, is left to those who know them.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
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

/** What is written in a mapping. */
export type Tree = string | readonly Tree[] | ReadonlyMap<string, Tree>;

/** Reads mappings; `null` until one is given, since most calls have none. */
let readTree: ((text: string) => Tree | undefined) | null = null;

/** Makes ready for texts of --nest; to be awaited before they are read. */
export async function readyForNest(texts: readonly string[]): Promise<void> {
  if (texts.some((text) => shortMember(text) === null)) await loadMappings();
}

/** Makes ready for any mapping. */
export async function loadMappings(): Promise<void> {
  readTree ??= (await import("./yaml-tree.ts")).yamlTree;
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

const MEMBER = String.raw`(?:"(?:[^"]|"")+"|[^\s:{}[\]"',.]+)`;
const SHORT = new RegExp(
  String.raw`^\s*(${MEMBER}(?:\.${MEMBER})*):([^\s:{}[\],](?:[^:{}[\],\n]*[^\s:{}[\],])?)\s*$`,
);

/** `lines.taxes:line_taxes`; a name with a dot or a blank stands in double quotes. The table is as `--table` takes it. */
function shortMember(text: string): GivenMember[] | null {
  const [, member, table] = SHORT.exec(text) ?? [];
  if (member === undefined || table === undefined) return null;
  const path = (member.match(new RegExp(MEMBER, "g")) ?? []).map(bare);
  return [{ path, entries: new Map([["table", { kind: "texts", texts: [table] }]]) }];
}

/** A name without its quotes. */
function bare(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

function mappedMembers(text: string): GivenMember[] | null {
  if (readTree === null) throw upsurgeError("INTERNAL", { message: "--nest is read too early" });
  return membersOf(readTree(text), []);
}

function membersOf(tree: Tree | undefined, above: readonly string[]): GivenMember[] | null {
  if (!isMapping(tree) || above.length >= DEEPEST) return null;
  const members: GivenMember[] = [];
  for (const [name, own] of tree) {
    const found = name === "" ? null : memberOf(own, [...above, name]);
    if (found === null) return null;
    members.push(...found);
  }
  return members;
}

/** A member, and those inside of it. */
function memberOf(tree: Tree, path: readonly string[]): GivenMember[] | null {
  if (typeof tree === "string")
    return tree === ""
      ? null
      : [{ path, entries: new Map([["table", { kind: "texts", texts: [tree] }]]) }];
  if (!isMapping(tree)) return null;
  const entries = new Map<string, GivenEntry>();
  let inside: GivenMember[] = [];
  for (const [name, own] of tree) {
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

function isMapping(tree: Tree | undefined): tree is ReadonlyMap<string, Tree> {
  return tree instanceof Map;
}

function entryOf(tree: Tree): GivenEntry | null {
  if (typeof tree === "string") return { kind: "texts", texts: [tree] };
  if (isMapping(tree)) {
    const pairs = [...tree].flatMap(([name, own]): [string, string][] =>
      typeof own === "string" ? [[name, own]] : [],
    );
    return pairs.length < tree.size || tree.size === 0 ? null : { kind: "pairs", pairs };
  }
  const texts = [...tree].filter((each) => typeof each === "string");
  return texts.length < tree.length || texts.length === 0 ? null : { kind: "texts", texts };
}
