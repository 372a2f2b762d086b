/** The rooms of the house: who may import whom, how large a folder is, and that a type name has one meaning. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { arrowsOf, EVERYWHERE, importTable, readHouse } from "../scripts/house.ts";

const HOUSE = readHouse();
const TABLE = importTable(HOUSE);

/** What a room may import beside `errors` and `model`; a room that is not named here may import nothing. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bin: ["cli"],
  cli: [
    "commands",
    "config",
    "load",
    "manifest",
    "run",
    "options",
    "registry",
    "report",
    "secrets",
    "testing",
  ],
  library: ["commands", "load", "options", "registry", "report", "secrets"],
  secrets: ["registry", "report"],
  commands: ["checkpoint", "load", "options", "plan", "registry", "sources", "targets", "values"],
  load: [
    "account",
    "checkpoint",
    "infer",
    "options",
    "plan",
    "registry",
    "report",
    "sources",
    "targets",
    "testing",
    "write",
  ],
  manifest: ["options"],
  config: ["manifest", "options"],
  run: [
    "checkpoint",
    "load",
    "manifest",
    "options",
    "plan",
    "registry",
    "report",
    "sources",
    "sql",
    "targets",
    "testing",
    "write",
  ],
  account: ["options", "read", "testing", "values"],
  sources: ["formats", "options", "read", "sql"],
  plan: ["infer", "options", "sql", "targets", "values"],
  infer: ["values"],
  write: ["checkpoint", "sql", "targets", "testing", "values"],
  report: [],
  checkpoint: ["targets", "testing"],
  read: ["formats"],
  formats: ["read"],
  options: ["formats", "values"],
  values: [],
  registry: ["postgres", "sqlite", "sqlserver", "targets"],
  postgres: ["sql", "targets", "testing"],
  sqlite: ["sql", "targets", "testing", "values"],
  sqlserver: ["sql", "targets", "testing"],
  sql: [],
  targets: [],
  testing: [],
};

/** The rooms at the bottom: what they may import of each other. */
const BOTTOM: Readonly<Record<string, readonly string[]>> = { errors: ["model"], model: [] };

describe("directions", () => {
  test.each([...TABLE.keys()])("%s imports what it may", (room) => {
    const allowed = BOTTOM[room] ?? ["errors", "model", ...(MAY_IMPORT[room] ?? [])];
    const others = [...(TABLE.get(room)?.keys() ?? [])];

    expect(others.filter((other) => !allowed.includes(other))).toEqual([]);
  });

  test("the map in CONTRIBUTING.md has the arrows of the imports", () => {
    const [, map = ""] =
      /```mermaid\n([^]*?)```/.exec(readFileSync("CONTRIBUTING.md", "utf8")) ?? [];
    const drawn = [...map.matchAll(/^ *(\w+ --> \w+)$/gm)].map(([, arrow = ""]) => arrow);

    expect(drawn.toSorted()).toEqual(arrowsOf(TABLE));
  });

  test("a planted import is found, whatever it brings and however it is written", () => {
    const file = { path: "src/report/a.ts", text: "", room: "report", imports: ["src/load/b.ts"] };

    expect([...(importTable([file]).get("report") ?? [])]).toEqual([["load", 1]]);
    expect(EVERYWHERE).not.toContain("load");
  });

  test("a database names no other, and only the registry names one", () => {
    const databases = ["postgres", "sqlite", "sqlserver"];
    const naming = [...TABLE].filter(([, row]) => databases.some((name) => row.has(name)));

    expect(naming.map(([room]) => room)).toEqual(["registry"]);
  });
});

describe("folders", () => {
  const sizes = new Map<string, number>();
  for (const { path } of HOUSE) sizes.set(dirname(path), (sizes.get(dirname(path)) ?? 0) + 1);

  test.each([...sizes])("%s has at most 25 files: %i", (_, files) => {
    expect(files).toBeLessThanOrEqual(25);
  });

  test("nothing is at the top but the entry of the library", () => {
    const top = HOUSE.filter(({ path }) => dirname(path) === "src");

    expect(top.map(({ path }) => path)).toEqual(["src/index.ts"]);
  });
});

test("docs/adding-a-target.md tells how large the targets are, to a fifth", () => {
  const lines = new Map<string, number>();
  for (const { path, text } of HOUSE) {
    const folder = dirname(path);
    lines.set(folder, (lines.get(folder) ?? 0) + text.split("\n").length - 1);
  }
  const doc = readFileSync("docs/adding-a-target.md", "utf8");
  const told = [...doc.matchAll(/^\| (?:`(\w+)\/`|outside of them) .*$/gm)].map(([row, room]) => ({
    room: room === undefined ? "" : `/${room}`,
    lines: [...row.matchAll(/, (\d+)(?: lines)? (?=\|)/g)].map(([, count]) => Number(count)),
  }));

  expect(told).toHaveLength(5);
  for (const { room, lines: counts } of told) {
    for (const [at, name] of ["sqlite", "postgres", "sqlserver"].entries()) {
      const found = lines.get(`src/targets/${name}${room}`) ?? 0;
      expect([name, room, Math.abs((counts[at] ?? 0) - found) <= found / 5]).toEqual([
        name,
        room,
        true,
      ]);
    }
  }
});

test("a type name has one meaning", () => {
  const meanings = new Map<string, string[]>();
  for (const { path, text } of HOUSE) {
    for (const [, name = ""] of text.matchAll(
      /^(?:export )?(?:abstract )?(?:class|interface|type) ([A-Z]\w*)/gm,
    )) {
      meanings.set(name, [...(meanings.get(name) ?? []), path]);
    }
  }

  expect([...meanings].filter(([, paths]) => paths.length > 1)).toEqual([]);
});
