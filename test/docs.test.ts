/** The docs are in step with the code. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generatedPages } from "../scripts/generate-docs.ts";
import { ERROR_CODES } from "../src/errors/codes.ts";
import { ROW_CODES } from "../src/errors/row-codes.ts";

test.each(generatedPages().map((page) => [page.path, page.text]))(
  "%s is what `npm run docs` writes",
  (path, text) => {
    expect(readFileSync(path, "utf8")).toBe(text);
  },
);

test("the page of errors has every code once, in its table", () => {
  const page = readFileSync("docs/reference/errors.md", "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);

  expect(new Set(rows).size).toBe(rows.length);
  expect(new Set(rows)).toEqual(new Set([...Object.keys(ERROR_CODES), ...Object.keys(ROW_CODES)]));
});

const SOURCE_TEXT = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => readFileSync(`src/${path}`, "utf8"))
  .join("\n");

const TERMS = [...readFileSync("docs/glossary.md", "utf8").matchAll(/^\| ([a-z ]+) \|/gm)]
  .map((match) => match[1] ?? "")
  .filter((term) => term !== "term");

test("the glossary has words", () => {
  expect(TERMS.length).toBeGreaterThan(15);
});

test.each(TERMS)("the code speaks of a %s", (term) => {
  expect(SOURCE_TEXT).toMatch(new RegExp(term.replaceAll(" ", "[ _-]?"), "i"));
});
