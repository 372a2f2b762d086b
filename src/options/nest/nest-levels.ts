/** The levels of --nest, each with the options of a load of its own. What they mean to tables is left to `plan/`. */
import { nearest } from "../../errors/edit-distance.ts";
import { shellQuoted } from "../../errors/shell-word.ts";
import { relocated, UpsurgeError, upsurgeError } from "../../errors/upsurge-error.ts";
import { optionSpec, OPTION_NAMES } from "../flag.ts";
import { OPTION_BY_NAME } from "../of-run.ts";
import type { OptionName, Options } from "../options.ts";
import { parseOptions } from "../parse-options.ts";
import { missingOf } from "./missing-rows.ts";
import type { GivenMissing } from "./missing-rows.ts";
import type { GivenEntry, GivenMember } from "./nest-grammar.ts";

/** A linking column, and the column that it refers to. */
export interface GivenLink {
  readonly column: string;
  readonly refersTo: string;
}

/** What was said of one level. */
export interface LevelOptions {
  /** The name of its member, behind those of the members that it is in. */
  readonly path: readonly string[];
  /** The place of the level that it is in; `null`: the records themselves. */
  readonly parent: number | null;
  /** As `--table` takes it. */
  readonly table: string;
  /** `null`: the foreign key says it. */
  readonly link: readonly GivenLink[] | null;
  /** `null`: the foreign key says it. */
  readonly relation: "array" | "object" | null;
  /** The column that takes the place in the array, and the number of the first; `null`: none does. */
  readonly position: { readonly column: string; readonly from: number } | null;
  /** Rows in the array are written only where the row of their record was. */
  readonly whenWritten: boolean;
  /** What becomes of rows that refer to the row of their record and are not in its member; `null`: they stay. */
  readonly missing: GivenMissing | null;
  /** Its rows are looked up, and never written. */
  readonly finds: boolean;
  /** The field that an element fills which is no object; `null`: such an element is a fault. */
  readonly scalar: string | null;
  /** An element is the row of the level below, which a row of this table refers to and which has nothing else. */
  readonly wraps: boolean;
  /** As those of a load of its own; the key is not known yet where none is named. */
  readonly options: Options;
  /** It names the key or the mode. */
  readonly isKeyed: boolean;
}

/** The options that a level takes, each as a load has it. */
const OF_LEVEL: readonly OptionName[] = [
  "map",
  "const",
  "value",
  "lookup",
  "lookupMissing",
  "key",
  "constraint",
  "keyWhere",
  "mode",
  "ignore",
  "anyConstraint",
  "updateColumns",
  "set",
  "updateWhere",
  "stamp",
  "nullKeeps",
  "nullKey",
  "rewriteUnchanged",
  "keepIdentity",
  "extraFields",
  "missingFields",
  "matchNames",
  "deleteWhen",
];

/** Those that are the record's own where a level does not say them. */
const SHARED: ReadonlySet<OptionName> = new Set(["extraFields", "missingFields", "matchNames"]);

/** Options of the records themselves, which no level has from them. */
const OF_RECORDS: ReadonlySet<OptionName> = new Set<OptionName>([
  ...OF_LEVEL.filter((name) => !SHARED.has(name)),
  "late",
  "nest",
  "table",
  "deleteMissing",
  "deleteWhere",
  "deleteSet",
  "maxDelete",
  "truncate",
  "before",
  "after",
  "keepEmpty",
  "nullIn",
  "defaultOnEmpty",
]);

/** What else a level is told. */
const OTHERS = [
  "table",
  "link",
  "relation",
  "through",
  "value",
  "position",
  "position-from",
  "when",
  "missing",
  "nest",
] as const;

/** The mode of an object whose row is only looked up. */
const FIND = "find";

/** How messages and places call a level. */
export function levelName(path: readonly string[]): string {
  return path.join(".");
}

/** The levels, each behind the one that it is in. Throws `OPTION_VALUE`, `OPTION_CONFLICT`, `OPTION_MISSING`. */
export function levelsOf(options: Options): readonly LevelOptions[] {
  const given = (options.nest ?? []).flatMap(({ members }) => members);
  refuseTwice(given);
  const levels: LevelOptions[] = [];
  const add = (above: readonly string[], parent: number | null): void => {
    for (const member of given.filter(({ path }) => isIn(path, above))) {
      levels.push(levelOf(member, parent, options));
      const at = levels.length - 1;
      const through = throughOf(member);
      if (through !== null && given.some(({ path }) => isIn(path, member.path)))
        throw throughAnd("nest", `--nest ${levelName(member.path)}`);
      if (through !== null) levels.push(levelOf(through, at, options));
      else add(member.path, at);
    }
  };
  add([], null);
  const known = new Set(levels.map(({ path }) => JSON.stringify(path)));
  const lost = given.find(({ path }) => !known.has(JSON.stringify(path)));
  if (lost !== undefined) throw withoutParent(lost.path);
  return levels;
}

function isIn(path: readonly string[], above: readonly string[]): boolean {
  return path.length === above.length + 1 && above.every((name, at) => path[at] === name);
}

function refuseTwice(given: readonly GivenMember[]): void {
  const seen = new Set<string>();
  for (const { path } of given) {
    const key = JSON.stringify(path);
    if (seen.has(key)) {
      const flag = `--nest ${levelName(path)}`;
      const details = {
        flag,
        other: `another --nest ${levelName(path)}`,
        reason: "a member has one table",
      };
      throw upsurgeError("OPTION_CONFLICT", details, { where: "--nest" });
    }
    seen.add(key);
  }
}

function withoutParent(path: readonly string[]): Error {
  const above = levelName(path.slice(0, -1));
  const name = levelName(path);
  const flag = `--nest ${above}:TABLE`;
  const reason = `${name} is a member of ${above}, which has no table`;
  const quoted = shellQuoted(`"${name}":TABLE`);
  const fix = `add ${flag}; or, where ${name} is the name of one member, put it in quotes: --nest ${quoted}`;
  return upsurgeError("OPTION_MISSING", { flag, reason }, { where: "--nest", fix });
}

function levelOf(
  { path, entries }: GivenMember,
  parent: number | null,
  root: Options,
): LevelOptions {
  const where = `--nest ${levelName(path)}`;
  const raw: Partial<Record<OptionName, readonly string[]>> = {};
  for (const [name, entry] of entries) {
    if (OTHERS.some((each) => each === name)) continue;
    const option = OPTION_BY_NAME.get(name)?.option;
    if (option === undefined || !OF_LEVEL.includes(option)) throw noOption(name, where);
    raw[option] = textsOf(option, entry);
  }
  const finds = oneText(entries.get("mode")) === FIND;
  // It takes what a level takes whose rows are there.
  if (finds) raw.mode = ["update"];
  const { scalar, expressions } = valueOf(entries.get("value"), where);
  if (expressions.length > 0) raw.value = expressions;
  const options = settled(raw, root, where);
  const isKeyed = options.key !== null || options.constraint !== null;
  return {
    path,
    parent,
    table: oneText(entries.get("table")) ?? "",
    link: linkOf(entries.get("link"), where),
    relation: oneOf(entries.get("relation"), { where, name: "relation", of: ["array", "object"] }),
    options,
    position: positionOf(entries, where),
    whenWritten:
      oneOf(entries.get("when"), { where, name: "when", of: ["always", "written"] }) === "written",
    missing: missingOf(entries.get("missing"), where),
    finds,
    scalar,
    wraps: entries.has("through"),
    isKeyed: isKeyed || (!finds && (raw.mode !== undefined || raw.ignore !== undefined)),
  };
}

/** `value` names the column of an element that is no object, or fills columns with expressions, as the option of a load does. */
function valueOf(
  entry: GivenEntry | undefined,
  where: string,
): { readonly scalar: string | null; readonly expressions: readonly string[] } {
  if (entry === undefined) return { scalar: null, expressions: [] };
  const texts = textsOf("value", entry);
  const expressions = texts.filter((text) => text.includes("="));
  const [scalar = null, ...others] = texts.filter((text) => !text.includes("="));
  if (others.length === 0 && scalar !== "") return { scalar, expressions };
  const expected = "one column for elements that are no objects, or columns with expressions";
  const details = { flag: `${where}: value`, value: `'${texts.join(", ")}'`, expected };
  const fix = "write value: COLUMN, or value: 'COLUMN = EXPRESSION'";
  throw upsurgeError("OPTION_VALUE", details, { where, fix });
}

/** `tags(name)`, or the options of the level behind a table that links two others. */
const THROUGH = /^\s*([^\s()]+)\s*\(\s*([^\s(),]+)\s*\)\s*$/;

/** The level behind a table that links two others: its rows are the elements; `null`: the level has none. */
function throughOf({ path, entries }: GivenMember): GivenMember | null {
  const entry = entries.get("through");
  if (entry === undefined) return null;
  const where = `--nest ${levelName(path)}`;
  const given = new Map<string, GivenEntry>();
  if (entry.kind === "pairs") {
    for (const [name, text] of entry.pairs) given.set(name, { kind: "texts", texts: [text] });
  } else {
    const [, table, column] = THROUGH.exec(oneText(entry) ?? "") ?? [];
    if (table === undefined || column === undefined) throw noThrough(entry.texts.join(", "), where);
    given.set("table", { kind: "texts", texts: [table] });
    given.set("key", { kind: "texts", texts: [column] });
  }
  const table = oneText(given.get("table"));
  const key = oneText(given.get("key"));
  if (table === null) throw noThrough("", where);
  if (entries.has("value")) throw throughAnd("value", where);
  if (entries.has("delete-when")) throw throughAnd("delete-when", where);
  given.set("relation", { kind: "texts", texts: ["object"] });
  // A text or a number is the key of the row.
  if (key !== null) given.set("value", { kind: "texts", texts: [key] });
  return { path: [...path, table], entries: given };
}

function throughAnd(name: "value" | "nest" | "delete-when", where: string): Error {
  const expected =
    "another table and the column that finds its rows; elements have no value, no nest and no delete-when then";
  const details = { flag: `${where}: through`, value: `given with ${name}`, expected };
  return upsurgeError("OPTION_VALUE", details, { where, fix: `leave ${name} out` });
}

function noThrough(value: string, where: string): Error {
  const expected = "the other table and the column that finds its rows";
  const details = { flag: `${where}: through`, value: `'${value}'`, expected };
  return upsurgeError("OPTION_VALUE", details, { where, fix: "write through: tags(name)" });
}

/** As they would be typed one after another. */
function textsOf(option: OptionName, entry: GivenEntry): readonly string[] {
  const { kind, pairs = "=" } = optionSpec(option);
  if (entry.kind === "pairs") return entry.pairs.map(([name, value]) => `${name}${pairs}${value}`);
  if (kind === "list") return [entry.texts.map(quoted).join(",")];
  if (kind === "flag") return entry.texts.includes("true") ? entry.texts : [];
  return entry.texts;
}

/** One name of a list as the command line has it. */
function quoted(text: string): string {
  return /^-?\w[\w. ]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

function settled(
  raw: Readonly<Partial<Record<OptionName, readonly string[]>>>,
  root: Options,
  where: string,
): Options {
  // A flag that is false is as one that is not given.
  const given = Object.entries(raw).filter(([, texts]) => texts.length > 0);
  try {
    const own = parseOptions(Object.fromEntries(given));
    const entries = OPTION_NAMES.map((name) => {
      const isOwn = OF_RECORDS.has(name) || raw[name] !== undefined;
      return [name, isOwn ? own[name] : root[name]];
    });
    // The table that drives the names also makes the type.
    const options = Object.fromEntries(entries) as Options;
    const dateFormat = root.dateFormat?.filter(({ column }) => column === null) ?? null;
    return { ...options, dateFormat: dateFormat?.length === 0 ? null : dateFormat };
  } catch (error) {
    throw error instanceof UpsurgeError ? relocated(error, where) : error;
  }
}

function noOption(name: string, where: string): Error {
  const names = [...OTHERS, ...namesOfLevel()];
  const near = nearest(name, names);
  return upsurgeError(
    "OPTION_VALUE",
    {
      flag: where,
      value: `'${name}'`,
      expected: `the options of a level: ${names.join(", ")}`,
    },
    { where, fix: near === null ? "leave it out" : `did you mean ${near}?` },
  );
}

function namesOfLevel(): string[] {
  return [...OPTION_BY_NAME].flatMap(([name, { option }]) =>
    OF_LEVEL.includes(option) ? [name] : [],
  );
}

function oneText(entry: GivenEntry | undefined): string | null {
  return entry?.kind === "texts" && entry.texts.length === 1 ? (entry.texts[0] ?? null) : null;
}

function linkOf(entry: GivenEntry | undefined, where: string): readonly GivenLink[] | null {
  if (entry === undefined) return null;
  if (entry.kind === "pairs")
    return entry.pairs.map(([column, refersTo]) => ({ column, refersTo }));
  throw upsurgeError(
    "OPTION_VALUE",
    {
      flag: `${where}: link`,
      value: `'${entry.texts.join(", ")}'`,
      expected: "linking columns and what they refer to",
    },
    { where, fix: "write link: { order_id: id }" },
  );
}

/** One of these words; `null`: nothing is said. */
function oneOf<T extends string>(
  entry: GivenEntry | undefined,
  {
    where,
    name,
    of,
  }: { readonly where: string; readonly name: string; readonly of: readonly [T, ...T[]] },
): T | null {
  if (entry === undefined) return null;
  const text = oneText(entry);
  const found = of.find((each) => each === text);
  if (found !== undefined) return found;
  const details = {
    flag: `${where}: ${name}`,
    value: `'${text ?? ""}'`,
    expected: `one of ${of.join(", ")}`,
  };
  throw upsurgeError("OPTION_VALUE", details, { where, fix: `write ${name}: ${of[0]}` });
}

function positionOf(
  entries: ReadonlyMap<string, GivenEntry>,
  where: string,
): LevelOptions["position"] {
  const column = oneText(entries.get("position"));
  const from = oneText(entries.get("position-from")) ?? (entries.has("position-from") ? "" : "1");
  if (column === null && entries.has("position")) throw noPosition("position", "", where);
  if (!/^(?:0|[1-9]\d{0,8})$/.test(from) || (column === null && entries.has("position-from")))
    throw noPosition("position-from", from, where);
  return column === null ? null : { column, from: Number(from) };
}

function noPosition(name: string, value: string, where: string): Error {
  const expected = name === "position" ? "one column" : "a whole number, with position";
  const details = { flag: `${where}: ${name}`, value: `'${value}'`, expected };
  const fix = "write position: COLUMN, and position-from: 0 to count from 0";
  return upsurgeError("OPTION_VALUE", details, { where, fix });
}
