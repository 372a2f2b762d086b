/** What the pages say of commands and flags: their scripts are command lines of ours, and their tables name what exists. */
import { expect, test } from "vitest";
import { parseCommandLine } from "../../src/cli/program.ts";
import { ERROR_CODES } from "../../src/errors/codes.ts";
import { noCounts } from "../../src/model/counts.ts";
import { checkOptions } from "../../src/options/check/check-options.ts";
import { OPTION_NAMES, spellingsOf } from "../../src/options/flag.ts";
import { parseOptions } from "../../src/options/parse-options.ts";
import { callsOf, fencesOf, pageAt, tableRows, USER_PAGES } from "../helpers/doc-pages.ts";

const SCRIPTS = USER_PAGES.flatMap(({ text }) => fencesOf(text)).filter(({ language }) =>
  ["sh", "yaml"].includes(language),
);
const CALLS = SCRIPTS.flatMap(({ body }) => callsOf(body)).map(
  (argv) => [argv.join(" "), argv] as const,
);

test("scripts call upsurge", () => {
  expect(CALLS.length).toBeGreaterThan(25);
});

test.each(CALLS)("upsurge %s is a command line", (_, argv) => {
  const line = parseCommandLine(argv, "0");
  if (line.kind === "text") return;
  const { raw, sources, command } = line.call;

  checkOptions(parseOptions(raw, { DATABASE_URL: "postgres:///shop" }), command);

  expect(sources.length > 0 || command !== "load").toBe(true);
});

const SPELLINGS = new Set([...OPTION_NAMES.flatMap(spellingsOf), "-h", "--help", "--version"]);

/** A page without the commands of other programs: lines of scripts, words in backquotes, the column of another tool's arguments. */
function ownText(path: string, text: string): string {
  return (
    text
      .replace(
        /^(?:\$ )?(?:npm|npx|node|curl|psql|sbatch|#SBATCH|job=\$\(sbatch|sqlite3|sqlite-utils|pgloader|[a-z]+convert|libreoffice|xlsx2csv|iconv) .*$/gm,
        "",
      )
      // How GitHub starts the container of a service.
      .replace(/^ +options: .*$/gm, "")
      .replace(
        /`(?:npm|npx|node|curl|psql|sbatch|sqlite3|sqlite-utils|pgloader|kubectl)[ :][^`]*`/g,
        "",
      )
      .replace(/^\|[^|\n]*\|/gm, (cell) => (path.includes("/from-") ? "|" : cell))
  );
}

test.each(USER_PAGES)("the flags that $path names are flags", ({ path, text }) => {
  const flags = ownText(path, text).match(/(?<![\w-])--[a-z][a-z0-9-]*/g) ?? [];

  expect([...new Set(flags)].filter((flag) => !SPELLINGS.has(flag))).toEqual([]);
});

const OPTIONS_PAGE = pageAt("docs/reference/options.md").text;
const COMMAND_LINE_PAGE = pageAt("docs/reference/command-line.md").text;

test.each(OPTION_NAMES)("the option %s is in its pages", (name) => {
  const [flag = ""] = spellingsOf(name);

  expect(OPTIONS_PAGE).toContain(`\n### \`${flag}`);
  expect(COMMAND_LINE_PAGE).toMatch(new RegExp(`\`${flag}[\`\\s]`));
});

function firstColumn(path: string): string[] {
  return tableRows(pageAt(path).text)
    .map(([cell = ""]) => cell.replaceAll("`", ""))
    .toSorted();
}

test("the table of counts has every count", () => {
  expect(firstColumn("docs/reference/counts.md")).toEqual(Object.keys(noCounts()).toSorted());
});

const EXIT_CODES = [
  ...new Set(["0", "3", "128+n", ...Object.values(ERROR_CODES).map(({ exit }) => String(exit))]),
].toSorted();

test("the table of exit codes has every code", () => {
  expect(firstColumn("docs/reference/exit-codes.md")).toEqual(EXIT_CODES);
});

/** The fields of the JSON objects that the sessions of a page show. */
function shownFields(path: string): string[] {
  const lines = fencesOf(pageAt(path).text).flatMap(({ body }) => body.match(/^\{.*\}$/gm) ?? []);
  return [...new Set(lines.flatMap((line) => Object.keys(JSON.parse(line) as object)))].toSorted();
}

test.each(["report", "run-report", "reject-files"].map((name) => `docs/reference/${name}.md`))(
  "the table of %s has every field that the program prints",
  (path) => {
    expect(shownFields(path).length).toBeGreaterThan(5);
    expect(firstColumn(path)).toEqual(shownFields(path));
  },
);

test("the README is short, and its exit codes are the reference's", () => {
  const { text } = pageAt("README.md");
  const codes = tableRows(text).map(([cell = ""]) => cell);

  expect(text.split("\n").length).toBeLessThanOrEqual(200);
  expect(codes.filter((code) => /^(?:\d+|128\+n)$/.test(code)).toSorted()).toEqual(EXIT_CODES);
});
