/**
 * Pages of reports in a headless Chromium: good for a screen reader, at every width, in the dark, on paper, offline and without
 * scripts. Skipped by name where this machine has no Chromium.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useTempDir } from "../helpers/temp-dir.ts";
import { Chromium, findChromium } from "../support/browser/chromium.ts";
import { Page } from "../support/browser/page.ts";
import { firstOf } from "../tiers/tiers.ts";
import { makePages, PAGES } from "./pages-of-reports.ts";

const PROGRAM = findChromium();
const SKIPPED =
  PROGRAM === null
    ? " (skipped: no Chromium on the path, and UPSURGE_TEST_CHROMIUM names none)"
    : "";

/** What axe finds, as `rule: what it is about`. */
const FIND_FAULTS = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html }) => html).join(" ")))`;

/** Elements that are wider than what they stand in, and so have to be scrolled. */
const FIND_WIDE = `[document.documentElement, ...document.querySelectorAll(".wide, pre")]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map(({ className, tagName, scrollWidth }) => tagName + "." + className + " " + scrollWidth)`;

const TEXT = "document.body.innerText";

describe.skipIf(PROGRAM === null)(`pages of reports in Chromium${SKIPPED}`, () => {
  const pages = firstOf("pages in a browser", PAGES);
  const folder = useTempDir();
  let browser: Chromium;
  let page: Page;

  beforeAll(async () => {
    browser = new Chromium(PROGRAM ?? "");
    page = await Page.open(browser);
    await makePages(folder.path, pages);
  });
  afterAll(async () => await browser.close());

  const at = (name: string): string => join(folder.path, `${name}.html`);

  describe.each(pages)("%s", (name) => {
    test.each([
      ["light", 1280],
      ["dark", 360],
    ] as const)("axe finds nothing, in %s at %i pixels", async (scheme, width) => {
      await page.show(at(name), { scheme, width });
      await page.evaluate(AXE);

      expect(await page.evaluate(FIND_FAULTS)).toEqual([]);
    });

    test.each([360, 1280])("nothing is scrolled sideways at %i pixels", async (width) => {
      await page.show(at(name), { width });

      expect(await page.evaluate(FIND_WIDE)).toEqual([]);
    });

    test("everything is on paper, also what is folded on the screen", async () => {
      // What the margins leave of a sheet.
      await page.show(at(name), { media: "print", width: name === "index" ? 980 : 700 });

      expect(await page.evaluate(FIND_WIDE)).toEqual([]);
      expect(await page.evaluate(FIND_HIDDEN)).toEqual([]);
      expect((await page.pdf()).subarray(0, 5).toString()).toBe("%PDF-");
    });

    test("it asks for nothing, is whole without scripts, and is small", async () => {
      await page.show(at(name));
      const text = await page.evaluate(TEXT);
      expect(page.requests).toEqual([await page.evaluate("location.href")]);
      expect(page.told).toEqual([]);
      await page.show(at(name), { scripts: false });

      expect(await page.evaluate(TEXT)).toBe(text);
      expect(statSync(at(name)).size).toBeLessThanOrEqual(300_000);
    });
  });

  test("a table whose cells stand below each other is still a table for a screen reader", async () => {
    await page.show(at("run"), { width: 360 });

    const roles = await page.roles();
    for (const role of ["table", "row", "rowheader", "columnheader", "cell"]) {
      expect(roles).toContain(role);
    }
  });

  test.runIf(pages.includes("rejects"))("100,000 rejects are told in a page", async () => {
    await page.show(at("rejects"), { width: 360 });

    expect(await page.evaluate(TEXT)).toMatch(/rejected\s+100,000/);
  });

  test("what is wrong with a page would be found", async () => {
    writeFileSync(at("bad"), BAD);
    await page.show(at("bad"), { width: 360 });

    expect(page.requests).toContain("http://elsewhere.invalid/a.png");
    expect(page.told).not.toEqual([]);
    expect(await page.evaluate(FIND_WIDE)).not.toEqual([]);
    expect(await page.evaluate(FIND_HIDDEN)).toHaveLength(1);
    await page.evaluate(AXE);
    const faults = JSON.stringify(await page.evaluate(FIND_FAULTS));
    for (const rule of ["color-contrast", "image-alt", "html-has-lang"]) {
      expect(faults).toContain(rule);
    }
  });
});

const FIND_HIDDEN = `[...document.querySelectorAll("pre, table, figure")]
  .filter((each) => each.getBoundingClientRect().height === 0 || !each.checkVisibility())
  .map((each) => each.outerHTML.slice(0, 80))`;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A page with each of the faults that are looked for. */
const BAD = `<!doctype html><title>bad</title><img src="http://elsewhere.invalid/a.png">
<p style="color:#999;background:#888">pale</p><pre>${"wide ".repeat(100)}</pre><pre hidden>gone</pre>`;
