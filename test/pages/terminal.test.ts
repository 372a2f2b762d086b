/** The drawn terminal of the README is what the program prints: `npm run record-terminal` draws it again. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pageAt } from "../helpers/doc-pages.ts";
import { steady } from "../helpers/page-shell.ts";

test("docs/terminal.svg is what the script draws, but for times", () => {
  const script = ["scripts/record-terminal.mjs", "--print"];

  const { status, stdout, stderr } = spawnSync(process.execPath, script, { encoding: "utf8" });

  expect([status, stderr]).toEqual([0, ""]);
  expect(steady(stdout)).toBe(steady(readFileSync("docs/terminal.svg", "utf8")));
});

test("the README shows it, under a text that says what is in it", () => {
  expect(pageAt("README.md").text).toMatch(/!\[[^\]]{40,}\]\(docs\/terminal\.svg\)/);
});
