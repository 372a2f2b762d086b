/** Links lead somewhere: to a file that exists, and to a heading that stands in it; and files that pages name exist. */
import { existsSync, readFileSync } from "node:fs";
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

/** Where the program, its tests and its workflows speak of a page. */
const NAMED_IN = ["src/targets/postgres/connect/parameters.ts", "scripts/generate-docs.ts"];

test.each(NAMED_IN)("the pages that %s names exist", (path) => {
  const named = readFileSync(path, "utf8").match(/docs\/[\w/-]+\.md/g) ?? [];

  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((page) => !existsSync(page))).toEqual([]);
});
