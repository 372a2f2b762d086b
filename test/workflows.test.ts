/** What runs in CI: actions by their commit, the program on each system, a release that names where it comes from. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tempDir } from "./helpers/temp-dir.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WORKFLOWS = join(ROOT, ".github/workflows");

test("every action is pinned by its commit, and its version stands beside it", () => {
  const lines = readdirSync(WORKFLOWS).flatMap((name) =>
    readFileSync(join(WORKFLOWS, name), "utf8")
      .split("\n")
      .filter((line) => line.includes("uses:")),
  );

  expect(lines.length).toBeGreaterThan(5);
  expect(
    lines.filter((line) => !/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
  ).toEqual([]);
});

test("a release names the repository that it is built in, and leaves the rest of the package alone", () => {
  const folder = tempDir({ "package.json": readFileSync(join(ROOT, "package.json"), "utf8") });
  mkdirSync(join(folder, "scripts"));
  for (const name of ["name-repository.mjs", "steps.mjs"])
    cpSync(join(ROOT, "scripts", name), join(folder, "scripts", name));
  const script = join(folder, "scripts/name-repository.mjs");
  const before = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as object;

  expect(spawnSync(process.execPath, [script, "nowhere"]).status).toBe(2);
  expect(spawnSync(process.execPath, [script, "https://example.org/somebody/upsurge"]).status).toBe(
    0,
  );
  expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toEqual({
    ...before,
    homepage: "https://example.org/somebody/upsurge#readme",
    bugs: "https://example.org/somebody/upsurge/issues",
    repository: { type: "git", url: "git+https://example.org/somebody/upsurge.git" },
  });
});
