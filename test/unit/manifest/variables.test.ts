/** Variables in the values of a manifest. */
import { expect, test } from "vitest";
import { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import { expandVariables, holdsVariable } from "../../../src/manifest/variables.ts";

const ENV = { A: "one", EMPTY: "", TRICKY: "${A} $$ [x]: *y" };
const expanded = (text: string): string => expandVariables(text, ENV, "m.yaml:1:1");

test.each([
  ["plain", "plain"],
  ["${A}", "one"],
  ["x${A}y${A}", "xoneyone"],
  ["${EMPTY}", ""],
  ["${EMPTY:-d}", "d"],
  ["${NONE:-}", ""],
  ["${NONE:-a b:c}", "a b:c"],
  ["${NONE:-${A}}", "one"],
  ["${NONE:-$${A}", "${A"],
  ["${NONE:-${EMPTY:-${A}}!}", "one!"],
  ["${A:-${NONE:?never}}", "one"],
  ["${A:?m}", "one"],
  ["${TRICKY}", "${A} $$ [x]: *y"],
  ["$$", "$"],
  ["$$${A}", "$one"],
  ["$${A}", "${A}"],
  ["cost: 5$", "cost: 5$"],
  ["a$b", "a$b"],
])("%s is %s", (text, value) => {
  expect(expanded(text)).toBe(value);
});

function errorOf(text: string): UpsurgeError {
  try {
    expanded(text);
  } catch (error) {
    if (error instanceof UpsurgeError) return error;
  }
  throw new Error(`${text} is no error`);
}

test.each([
  ["${NONE}", "the variable NONE is not set"],
  ["${EMPTY:?a message}", "the variable EMPTY is empty"],
  ["${NONE:?}", "the variable NONE is not set"],
  ["${}", "what follows ${ is no variable"],
  ["${1A}", "what follows ${ is no variable"],
  ["${A-x}", "what follows ${ is no variable"],
  ["${A:+x}", "what follows ${ is no variable"],
  ["${A", "what follows ${ is no variable"],
  ["${A:-x", "a variable is not closed"],
  ["${NONE:-x", "a variable is not closed"],
  ["$A", "$A is without braces"],
])("%s: %s", (text, title) => {
  const { message, code, where } = errorOf(text);

  expect([code, message, where]).toEqual(["MANIFEST_VARIABLE", title, "m.yaml:1:1"]);
});

test("the message is the cause", () => {
  expect(errorOf("${NONE:?the ${A}}").why).toBe("the one");
});

test("a default that is not needed ends where it would if it were", () => {
  expect(expanded("${A:-$${x}")).toBe(expanded("${A}"));
  expect(expanded("${NONE:-$${x}")).toBe("${x");
});

test("of dollars of SQL none begins a variable", () => {
  expect(["$$ begin $$", "$${", "$1", "${A}", "$$${A}"].map(holdsVariable)).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
});
