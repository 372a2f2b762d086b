/** What words ask for before they are understood. */
import { expect, test } from "vitest";
import { asksForDebug, asksForJson } from "../../../src/cli/asked-words.ts";

test.each<[string, Record<string, string>, boolean]>([
  ["a.csv --log-level debug", {}, true],
  ["a.csv --log-level=debug", {}, true],
  ["a.csv --log-level trace --nonsense", {}, true],
  ["a.csv --log-level debug --log-level warn", {}, false],
  ["a.csv --table debug", {}, false],
  ["debug --const note=debug", {}, false],
  ["a.csv", { UPSURGE_LOG_LEVEL: "debug" }, true],
  ["a.csv --log-level warn", { UPSURGE_LOG_LEVEL: "debug" }, false],
  ["a.csv --log-level", {}, false],
])("%s with %j: stacks are %s", (words, env, expected) => {
  expect(asksForDebug(words.split(" "), env)).toBe(expected);
});

test.each<[string, Record<string, string>, boolean]>([
  ["a.csv --log-format json", {}, true],
  ["a.csv --log-format=json --nonsense", {}, true],
  ["a.csv --format json", {}, false],
  ["a.csv", { UPSURGE_LOG_FORMAT: "json" }, true],
  ["a.csv --log-format pretty", { UPSURGE_LOG_FORMAT: "json" }, false],
])("%s with %j: JSON is %s", (words, env, expected) => {
  expect(asksForJson(words.split(" "), env)).toBe(expected);
});
