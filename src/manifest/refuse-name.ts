/** The error for a name that a manifest does not have at its place: what is meant, or where it belongs. Pure. */
import { nearest } from "../errors/edit-distance.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { OPTION_NAMES, spellingsOf } from "../options/flag.ts";
import { manifestName, namesOfScope, OPTION_BY_NAME, runScopeOf } from "../options/of-run.ts";
import type { NamedNode } from "./node.ts";

/** Where a name stands. */
export type Level = "top" | "defaults" | "load";

/** The names at the top. */
export const TOP_NAMES: readonly string[] = [
  ...namesOfScope("top"),
  "refuse-hosts",
  "defaults",
  "loads",
];

/** The names of each level. */
export function namesAt(level: Level): readonly string[] {
  if (level === "top") return TOP_NAMES;
  if (level === "load") return ["from", ...namesOfScope("load")];
  return namesOfScope("load", "run").filter((name) => name !== "table");
}

/** Words that other tools have for a name of a level. */
const WORDS: Readonly<Record<Level, ReadonlyMap<string, string>>> = {
  top: wordsFor({
    to: "target database db url dsn connection destination",
    loads: "load sources files tables jobs steps",
  }),
  defaults: wordsFor({}),
  load: wordsFor({
    from: "form source sources src file files filename path paths input inputs csv data",
    table: "target into destination dest",
  }),
};

function wordsFor(words: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(words).flatMap(([name, others]) =>
      others.split(" ").map((other) => [other, name] as const),
    ),
  );
}

/** Who has the names of a level. */
export function ownerOf(level: Level): string {
  return { top: "a manifest", defaults: "`defaults`", load: "a load" }[level];
}

/** The error. */
export function refuseName({ name, place }: NamedNode, level: Level): UpsurgeError {
  const [reason, suggestion] = whyNot(name, level);
  const details = { name, owner: ownerOf(level), reason, suggestion };
  return upsurgeError("MANIFEST_NAME", details, { where: place });
}

function whyNot(name: string, level: Level): readonly [reason: string, suggestion: string] {
  if (name === "to" && level === "defaults") {
    return ["a run has one database, which is named at the top", "write `to` once, at the top"];
  }
  if (name === "table") return ["each load has its own table", "write `table` in the load"];
  if (name === "from") return ["each load has its own files", "write `from` in a load"];
  if (TOP_NAMES.includes(name)) {
    return ["it is said of the run as a whole", `write \`${name}\` at the top of the manifest`];
  }
  const named = OPTION_BY_NAME.get(name);
  if (named === undefined) return unknown(name, level);
  const scope = runScopeOf(named.option);
  if (typeof scope === "object") return [scope.refused, "leave it out of the manifest"];
  if (scope === "load") {
    return ["it is said of loads", "write it in a load, or below `defaults` for all of them"];
  }
  const suggestion = `write it below \`defaults\`, or pass --${name} on the command line`;
  return ["it is said of the run as a whole", suggestion];
}

function unknown(name: string, level: Level): readonly [reason: string, suggestion: string] {
  const bare = name.replace(/^-+/, "");
  const own = namesAt(level);
  const spelled = OPTION_NAMES.find((option) =>
    spellingsOf(option).some((flag) => flag === `--${bare}` || flag === `-${name}`),
  );
  const meant =
    spelled === undefined
      ? (WORDS[level].get(bare.toLowerCase()) ??
        own.find((each) => bare.length > 2 && each.startsWith(bare.toLowerCase())) ??
        nearest(bare.replaceAll("_", "-"), own))
      : manifestName(spelled);
  const known = level === "top" ? own.join(", ") : "`from` and long flags without their dashes";
  const reason =
    level === "defaults"
      ? "its names are long flags without their dashes"
      : `its names are ${known}`;
  if (!/^[\w-]+$/.test(name)) {
    return [
      reason,
      "if it is a part of a value: within { }, one that holds a comma is put in quotes",
    ];
  }
  return [
    reason,
    meant === null ? "docs/reference/manifest.md lists every name" : `did you mean ${meant}?`,
  ];
}
