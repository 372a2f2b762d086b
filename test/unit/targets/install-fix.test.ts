/** The command that a missing driver's error names: for this Node, and for the place that the program is installed in. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installCommand } from "../../../src/targets/install-fix.ts";
import type { OptionalDriver } from "../../../src/targets/install-fix.ts";
import { tempDir } from "../../helpers/temp-dir.ts";

function command(
  driver: OptionalDriver,
  { node = "20.19.0", installed = null as string | null, program = "", cwd = "", prefix = "/usr" },
): string {
  return installCommand(driver, { node, installed, program, cwd, prefix });
}

/** A project with upsurge installed in it. */
function project(): { readonly cwd: string; readonly program: string } {
  const cwd = tempDir({ "package.json": "{}" });
  return { cwd, program: join(cwd, "node_modules/upsurge/dist/upsurge.js") };
}

test("the version fits the Node, and nothing more is said than needed", () => {
  const place = project();

  expect(command("better-sqlite3", place)).toBe("npm install better-sqlite3@12");
  expect(command("better-sqlite3", { ...place, node: "22.12.0" })).toBe(
    "npm install better-sqlite3@13",
  );
  expect(command("mssql", { ...place, node: "26.0.0" })).toBe("npm install mssql@12");
});

test("from another folder the project is named", () => {
  const { cwd, program } = project();

  expect(command("better-sqlite3", { program, cwd: tempDir() })).toBe(
    `npm install --prefix ${cwd} better-sqlite3@12`,
  );
  mkdirSync(join(cwd, "below"));
  expect(command("mssql", { program, cwd: join(cwd, "below") })).toBe("npm install mssql@12");
});

test("a global install gets -g, and npx what npx takes", () => {
  const prefix = tempDir();
  const lib = join(prefix, "lib");
  mkdirSync(lib);
  const program = join(lib, "node_modules/upsurge/dist/upsurge.js");
  expect(command("better-sqlite3", { program, cwd: lib, prefix })).toBe(
    "npm install -g better-sqlite3@12",
  );
  expect(command("mssql", { program, cwd: lib })).toBe(
    `npm install -g --prefix ${prefix} mssql@12`,
  );

  const cache = join(lib, "_npx/0123");
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "package.json"), "{}");
  const cached = join(cache, "node_modules/upsurge/dist/upsurge.js");
  expect(command("better-sqlite3", { program: cached, cwd: lib })).toMatch(
    /^npx -p upsurge -p better-sqlite3@12 upsurge # and/,
  );
});

test("a driver that is there without its native part is rebuilt, one for a newer Node is replaced", () => {
  const place = project();

  expect(command("better-sqlite3", { ...place, installed: "12.4.0" })).toBe(
    "npm rebuild better-sqlite3 --ignore-scripts=false",
  );
  expect(command("better-sqlite3", { ...place, installed: "13.0.0" })).toBe(
    "npm install better-sqlite3@12",
  );
  expect(command("better-sqlite3", { ...place, node: "22.1.0", installed: "12.4.0" })).toBe(
    "npm install better-sqlite3@13",
  );
});
