/** The help, as files that a reviewer can read. */
import { describe, expect, test } from "vitest";
import { commandHelp, COMMANDS, rootHelp } from "../../src/cli/help.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";

/** The words of the help at a width; a command that is broken has a backslash more. */
function words(width: number): string[] {
  return rootHelp(width).split(/[\s\\]+/);
}

describe("help", () => {
  test.each([
    ["root", ["--help"]],
    ["load", ["load", "--help"]],
    ["plan", ["plan", "-h"]],
    ["inspect", ["inspect", "--help"]],
    ["jobs", ["jobs", "--help"]],
    ["report", ["report", "--help"]],
    ["completion", ["completion", "--help"]],
  ])("of %s", async (name, args) => {
    const { exitCode, stdout, stderr } = await runUpsurge(args);

    await expect(stdout).toMatchFileSnapshot(`help/${name}.txt`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  test("of a command is the same by `help`", async () => {
    const asked = await runUpsurge(["help", "load"]);
    const flagged = await runUpsurge(["load", "-h"]);

    expect(asked).toEqual(flagged);
  });

  test.each([60, 80, 120])("wraps to a terminal of %i columns, and breaks no word", (columns) => {
    for (const text of [rootHelp(columns), ...COMMANDS.map((each) => commandHelp(each, columns))]) {
      const long = text.split("\n").filter((line) => line.length > columns);
      expect(
        long.filter((line) => line.trim().includes(" ") && !line.startsWith("Usage:")),
      ).toEqual([]);
    }
    expect(words(columns)).toEqual(words(120));
  });

  test("takes 80 columns where the width is 0 or not known, 60 at least and 120 at most", () => {
    expect([rootHelp(0), rootHelp()]).toEqual([rootHelp(80), rootHelp(80)]);
    expect([rootHelp(40), rootHelp(200)]).toEqual([rootHelp(60), rootHelp(120)]);
  });

  test("of upsurge is one screen", () => {
    expect(rootHelp(80).trimEnd().split("\n").length).toBeLessThanOrEqual(24);
  });

  test("shows aliases, and an example of each group", async () => {
    const { stdout } = await runUpsurge(["help", "load"]);
    expect(stdout).toContain("-k, --key, --pk, --conflict-key a,b");
    expect(stdout.match(/^ {2}Example:$/gm)).toHaveLength(11);
  });

  test("keeps within 100 columns", async () => {
    const { stdout } = await runUpsurge(["load", "--help"]);

    expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });
});

test("prints the version of the package", async () => {
  const { exitCode, stdout } = await runUpsurge(["--version"]);

  expect(stdout).toMatch(/^upsurge \d+\.\d+\.\d+\n$/);
  expect(exitCode).toBe(0);
});
