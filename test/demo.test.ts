/** The tour of `npm run demo`, with the packages that are there: every command ends as it should, and the last lines say how to go on. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

test("shows how far it is, what it has made, and what to type next", () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["scripts/demo.mjs"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, INIT_CWD: ROOT },
  });
  const [, folder = ""] = /Everything is in (.*)\n/.exec(stdout) ?? [];
  rmSync(folder, { recursive: true, force: true });

  expect([status, stderr], stdout).toEqual([0, ""]);
  const headings = [...stdout.matchAll(/^(\d) of 8\. /gm)].map(([, number]) => number);
  expect(headings.join("")).toBe("12345678");
  const [, program = ""] =
    /\nNow your own file:\n {2}node (\S+) inspect FILE\.csv\n/.exec(stdout) ?? [];
  // On a fresh machine it is not the project's package.json that Node finds first.
  const manifest = readFileSync(join(ROOT, dirname(program), "package.json"), "utf8");
  expect(JSON.parse(manifest)).toEqual({ type: "module" });
  const inspected = spawnSync(
    process.execPath,
    [program, "inspect", "fixtures/demo/products.csv"],
    {
      cwd: ROOT,
      encoding: "utf8",
    },
  );
  expect([inspected.status, inspected.stdout]).toEqual([0, expect.stringContaining("20 records")]);
});
