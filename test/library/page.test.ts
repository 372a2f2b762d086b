/** The page about the library: its examples compile in strict mode and run, in the order in which they stand. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/reference/library.md"), "utf8");
const EXAMPLES = [...PAGE.matchAll(/```ts\n([^]*?)```/g)].map(([, code = ""]) => code);

/** What each example prints. */
const PRINTED = [
  "ok 2 0\n",
  "1\n",
  "2\n",
  "1 ROW_TYPE true\nrejects 3 1\n",
  /^(?:\d+ (?:\d+|null)\n)*ok\n$/,
  "native true\n[ 'id: integer', 'name: text', 'born: date' ]\nPLAN_NO_TABLE\n",
];

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "upsurge-library-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/upsurge"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "people.csv"), "id,name,born\n1,Ada,1815-12-10\n2,Alan,1912-06-23\n");
  const db = new Database(join(folder, "shop.db"));
  db.exec(`create table people (id integer primary key, name text, born text, tags text);
    create table strict_people (id integer primary key, name text) strict;`);
  db.close();
  for (const [at, code] of EXAMPLES.entries()) writeFileSync(join(folder, `${at}.ts`), code);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every example says what it prints", () => {
  expect(EXAMPLES).toHaveLength(PRINTED.length);
});

// What they are compiled to is run below.
test("the examples compile in strict mode", () => {
  const flags =
    "--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --module nodenext --target es2023";
  const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules/@types")];
  const files = EXAMPLES.map((_, at) => `${at}.ts`);
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const ran = spawnSync(process.execPath, [tsc, ...flags.split(" "), ...types, ...files], {
    cwd: folder,
    encoding: "utf8",
  });

  expect(ran.stdout + ran.stderr).toBe("");
});

test.each(EXAMPLES.map((code, at) => [/\w+\("[^"]+"|\w+\(\w+/.exec(code)?.[0] ?? "", at] as const))(
  "runs: %s) (%i)",
  (_, at) => {
    const ran = spawnSync(process.execPath, [`${at}.js`], { cwd: folder, encoding: "utf8" });

    expect(ran.stderr).toBe("");
    const printed = PRINTED[at] ?? "";
    if (typeof printed === "string") expect(ran.stdout).toBe(printed);
    else expect(ran.stdout).toMatch(printed);
  },
);
