/** `npm run demo` installs what the program is bundled from: a package that is missing there shows only on a fresh machine. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readHouse } from "../../scripts/house.ts";

/** Looked for when they are needed, and no part of the bundle. */
const PEERS = ["better-sqlite3", "mssql"];

test("every package that the source imports is installed for the demo", () => {
  const script = readFileSync("scripts/demo-install.mjs", "utf8");
  const [, list = ""] = /PACKAGES = \[([^\]]*)\]/.exec(script) ?? [];
  const installed = [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  const packages = readHouse().flatMap(({ text }) =>
    [
      ...text.matchAll(/^(?:import|\}) (?:.* )?from "([a-z@][^":]*)";$/gm),
      ...text.matchAll(/await import\("([a-z@][^":]*)"\)/g),
    ].map(([, name = ""]) => name.split("/")[0] ?? ""),
  );

  expect(packages).toContain("pg");
  expect([...new Set(packages)].filter((name) => ![...installed, ...PEERS].includes(name))).toEqual(
    [],
  );
});
