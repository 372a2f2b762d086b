/** What holds for all options, all errors and all files: a bad declaration fails here, before anyone meets it. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseCommandLine } from "../src/cli/program.ts";
import { ERROR_CODES } from "../src/errors/codes.ts";
import type { ErrorTexts } from "../src/errors/codes.ts";
import { ROW_CODES } from "../src/errors/row-codes.ts";
import { OPTION_NAMES, optionSpec, spellingsOf, valueNameOf } from "../src/options/flag.ts";
import { parseOptions } from "../src/options/parse-options.ts";

const FILES = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path: `src/${path}`, text: readFileSync(`src/${path}`, "utf8") }))
  .toSorted((a, b) => a.path.localeCompare(b.path));

const SOURCE_TEXT = FILES.map(({ text }) => text).join("\n");

const COMMANDS = [...new Set(OPTION_NAMES.flatMap((name) => optionSpec(name).commands))];

function repeated(words: readonly string[]): string[] {
  return words.filter((word, index) => words.indexOf(word) !== index);
}

describe("options", () => {
  test.each(COMMANDS)(
    "no two of %s share a spelling, and none takes one of the help's",
    (command) => {
      const names = OPTION_NAMES.filter((name) => optionSpec(name).commands.includes(command));
      expect(repeated([...names.flatMap(spellingsOf), "-h", "--help", "-V", "--version"])).toEqual(
        [],
      );
    },
  );

  test("no two share an environment variable", () => {
    expect(repeated(OPTION_NAMES.flatMap((name) => optionSpec(name).env ?? []))).toEqual([]);
  });

  test.each(OPTION_NAMES)("%s says in one sentence what it does", (name) => {
    expect(optionSpec(name).summary).toMatch(/^[^\n]{10,120}\.$/);
    expect(optionSpec(name).summary).not.toMatch(/[a-z)]\. [A-Z]/);
  });

  test.each(OPTION_NAMES)("%s names its value exactly when it takes one", (name) => {
    const { kind, choices, value } = optionSpec(name);

    expect(valueNameOf(name) === "").toBe(kind === "flag");
    expect(choices !== undefined).toBe(kind === "choice");
    expect(value !== undefined && choices !== undefined).toBe(false);
  });

  test.each(OPTION_NAMES)(
    "the example of %s is understood, by every command that has it",
    (name) => {
      for (const command of optionSpec(name).commands) {
        const line = parseCommandLine([command, ...shellWords(optionSpec(name).example)], "0");

        expect(line.kind).toBe("call");
        const raw = line.kind === "call" ? line.call.raw : {};
        expect(raw).toHaveProperty(name);
        expect(() => parseOptions(raw)).not.toThrow();
      }
    },
  );
});

/** Splits a line as a shell would, for quotes without escapes. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
}

describe("errors", () => {
  const codes = Object.entries<ErrorTexts>(ERROR_CODES);

  test.each(codes)("%s says what, why and what to do", (_, { title, cause, fix, exit }) => {
    for (const text of [title, cause, fix]) expect(text).toMatch(/^\S.*\S$/);
    expect([1, 2, 4, 6, 75]).toContain(exit);
  });

  test.each(codes)("%s is raised somewhere", (code) => {
    expect(SOURCE_TEXT).toMatch(new RegExp(`[^A-Z_]${code}[^A-Z_:]`));
  });

  test.each(Object.keys(ROW_CODES))("%s is given to some record", (code) => {
    const texts = FILES.filter(({ path }) => !/row-codes|model\/reject/.test(path));

    expect(texts.some(({ text }) => text.includes(`"${code}"`))).toBe(true);
  });
});

describe("files", () => {
  test.each(FILES.map(({ path, text }) => [path, text]))("%s says what it is for", (_, text) => {
    expect(text).toMatch(/^\/\*\*[^]{20,}?\*\//);
  });

  test.each(FILES.map(({ path, text }) => [path, text]))(
    "%s is short enough to read",
    (_, text) => {
      expect(text.split("\n").length).toBeLessThanOrEqual(400);
    },
  );

  test.each(FILES.map(({ path, text }) => [path, text]))("%s explains its exports", (_, text) => {
    const bare = [...text.matchAll(/^(.*)\nexport (?!\{|type \{|\*)(.*)$/gm)]
      .filter(([, above]) => !/\*\/\s*$/.test(above ?? ""))
      .map(([, , declared]) => declared);

    expect(bare).toEqual([]);
  });
});
