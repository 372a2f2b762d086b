/** Sorting words into command, sources and raw values. */
import { expect, test } from "vitest";
import { parseCommandLine } from "../../../src/cli/program.ts";
import type { Call } from "../../../src/cli/call.ts";

function callOf(...argv: string[]): Call {
  const line = parseCommandLine(argv, "0");
  if (line.kind !== "call") throw new Error("expected a call");
  return line.call;
}

test("load is the default command", () => {
  expect(callOf("a.csv", "b.csv", "--key", "id")).toEqual({
    command: "load",
    sources: ["a.csv", "b.csv"],
    raw: { key: ["id"] },
  });
});

test("a flag may come first", () => {
  expect(callOf("--table", "plan", "a.csv")).toEqual({
    command: "load",
    sources: ["a.csv"],
    raw: { table: ["plan"] },
  });
});

test("a word after the first source is no command", () => {
  expect(callOf("a.csv", "plan").sources).toEqual(["a.csv", "plan"]);
});

test("values may begin with a dash", () => {
  expect(callOf("a.csv", "-u", "-created_at", "--null", "-").raw).toEqual({
    updateColumns: ["-created_at"],
    null: ["-"],
  });
});

test("a dash by itself is standard input", () => {
  expect(callOf("-", "--table", "t").sources).toEqual(["-"]);
});

test("words after two dashes are sources", () => {
  expect(callOf("--table", "t", "--", "-odd.csv", "--key").sources).toEqual(["-odd.csv", "--key"]);
});

test("aliases and shorts mean the same option", () => {
  expect(callOf("a.csv", "--pk", "a", "--conflict-key", "b", "-k", "c", "--key=d").raw).toEqual({
    key: ["a", "b", "c", "d"],
  });
});

test("flags and negated flags are told by their presence", () => {
  expect(callOf("a.csv", "-nq", "--no-raw-sql").raw).toEqual({
    dryRun: ["true"],
    quiet: ["true"],
    rawSql: ["true"],
  });
});

test("a flag that is said either way holds what was said", () => {
  expect(callOf("a.csv", "--header").raw).toEqual({ header: ["true"] });
  expect(callOf("a.csv", "--no-header").raw).toEqual({ header: ["false"] });
  expect(callOf("inspect", "a.csv", "--header", "--no-header").raw).toEqual({
    header: ["true", "false"],
  });
});

test("the other commands have their own words", () => {
  expect(callOf("plan", "a.csv", "-t", "t").command).toBe("plan");
  expect(callOf("inspect", "a.csv").command).toBe("inspect");
});
