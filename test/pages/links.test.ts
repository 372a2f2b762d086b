/** Links lead somewhere: to a file that exists, and to a heading that stands in it; and files that pages name exist. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { anchorsOf, PAGES, withoutFences } from "../helpers/doc-pages.ts";

/** What is wrong with a link of a page; null: nothing. */
function wrongWith(link: string, page: string): string | null {
  const [file = "", anchor] = link.split("#");
  const path = file === "" ? page : join(dirname(page), file);
  if (!existsSync(path)) return `${link}: no such file`;
  if (anchor === undefined) return null;
  return anchorsOf(readFileSync(path, "utf8")).includes(anchor) ? null : `${link}: no such heading`;
}

function linksOf(text: string): string[] {
  const found = [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)];
  return found
    .map(([, link, image]) => link ?? image ?? "")
    .filter((link) => !/^(?:https?|mailto):/.test(link));
}

test.each(PAGES)("the links of $path lead somewhere", ({ path, text }) => {
  const wrong = linksOf(text).flatMap((link) => wrongWith(link, path) ?? []);

  expect(wrong).toEqual([]);
});

test("a link that leads nowhere is seen", () => {
  const wrong = ["gone.md", "README.md#install", "README.md#gone", "#law"].map((link) =>
    wrongWith(link, "README.md"),
  );

  expect(wrong).toEqual([
    "gone.md: no such file",
    null,
    "README.md#gone: no such heading",
    "#law: no such heading",
  ]);
});

test.each(PAGES)("the files that $path names exist", ({ text }) => {
  const named = [...text.matchAll(/`((?:test|src|fixtures|docs|scripts)\/[\w./-]+\.\w+)`/g)].map(
    ([, path = ""]) => path,
  );

  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

const DOCS = PAGES.map(({ path }) => path).filter(
  (path) => path.startsWith("docs/") && !path.startsWith("docs/decisions/"),
);

test.each(DOCS)("%s can be reached from the README", (path) => {
  const reached = new Set(["README.md"]);
  for (const page of reached) {
    const { text } = PAGES.find((each) => each.path === page) ?? { text: "" };
    for (const link of linksOf(text)) reached.add(join(dirname(page), link.split("#")[0] ?? ""));
  }

  expect(reached).toContain(path);
});

/** Files of the program, its scripts and its workflows that speak of pages. */
const SPEAK_OF_PAGES = ["src", "scripts", "bench", ".github"]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  )
  .filter((path) => /\.(?:ts|mjs|ya?ml)$/.test(path) && !path.includes("node_modules"))
  .map((path) => ({ path, named: pagesNamedIn(path) }))
  .filter(({ named }) => named.length > 0);

function pagesNamedIn(path: string): readonly string[] {
  return readFileSync(path, "utf8").match(/docs\/[\w/-]+\.(?:md|svg)/g) ?? [];
}

test("the program and its scripts speak of pages", () => {
  expect(SPEAK_OF_PAGES.length).toBeGreaterThan(5);
});

test.each(SPEAK_OF_PAGES)("the pages that $path names exist", ({ named }) => {
  expect(named.filter((page) => !existsSync(page))).toEqual([]);
});
