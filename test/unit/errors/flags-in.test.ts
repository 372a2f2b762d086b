/** The flags that a text names. */
import { expect, test } from "vitest";
import { flagBefore, flagsIn } from "../../../src/errors/flags-in.ts";
import { OPTION_NAMES, spellingsOf } from "../../../src/options/flag.ts";

const FLAGS = OPTION_NAMES.flatMap(spellingsOf).filter((flag) => flag.startsWith("--"));

test("every flag is found whole", () => {
  expect(FLAGS.filter((flag) => flagsIn(`pass ${flag}, or none`)[0] !== flag)).toEqual([]);
  expect(FLAGS.filter((flag) => flagBefore(`${flag} 1`) !== flag)).toEqual([]);
});

test("flags are found in their order, and none where there is none", () => {
  expect(flagsIn("--key a,b or --map 'c:d', not --key")).toEqual(["--key", "--map", "--key"]);
  expect(flagsIn("-k id, a -- b")).toEqual([]);
  expect([flagBefore("pass --key"), flagBefore("")]).toEqual([null, null]);
});
