/** The help, as files that a reviewer can read. */
import { describe, expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";

describe("help", () => {
  test.each([
    ["root", ["--help"]],
    ["load", ["load", "--help"]],
    ["plan", ["plan", "-h"]],
    ["inspect", ["inspect", "--help"]],
    ["jobs", ["jobs", "--help"]],
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
