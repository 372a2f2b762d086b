/** Which of the layers gives an option: what comes before what, and what has no bearing on a call. */
import { describe, expect, test } from "vitest";
import { strayVariables } from "../../../src/options/layers/ambient.ts";
import { environmentLayer, isOn, layered, typedLayer } from "../../../src/options/layers/layers.ts";
import type { RawOptions } from "../../../src/options/layers/layers.ts";

/** The options of a load under these flags, in this environment: their texts and who gives them. */
function optionsOf(
  typed: RawOptions,
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const all = layered([typedLayer(typed), environmentLayer(environment, "load")]);
  return Object.fromEntries(
    [...all].map(([name, { texts, from }]) => [name, `${texts.join(" ")} by ${from}`]),
  );
}

describe("an upper layer", () => {
  test("takes the place of a lower one, of the same option and of one that says the same thing", () => {
    expect(optionsOf({ limit: ["2"] }, { UPSURGE_LIMIT: "1" })).toEqual({ limit: "2 by flag" });
    expect(optionsOf({ ignore: ["true"] }, { UPSURGE_MODE: "update" })).toEqual({
      ignore: "true by flag",
    });
    expect(optionsOf({ constraint: ["k"] }, { UPSURGE_KEY: "id" })).toEqual({
      constraint: "k by flag",
    });
  });

  test("leaves another option in its place where its own is switched off", () => {
    expect(optionsOf({ ignore: ["false"] }, { UPSURGE_MODE: "update" })).toEqual({
      ignore: "false by flag",
      mode: "update by environment",
    });
  });
});

describe("a variable", () => {
  test("has each value of an option that may be repeated on a line of its own", () => {
    expect(environmentLayer({ UPSURGE_NULL: "NULL\r\n\r\nN/A\n" }).get("null")?.texts).toEqual([
      "NULL",
      "N/A",
    ]);
    expect(environmentLayer({ UPSURGE_ENCODING: "a\nb" }).get("encoding")?.texts).toEqual(["a\nb"]);
  });

  test.each([
    ["diff", { UPSURGE_DIFF: "3" }, [{ check: ["true"] }, { dryRun: ["true"] }]],
    ["writers", { UPSURGE_WRITERS: "3" }, [{ commit: ["100"] }]],
    ["followAppend", { UPSURGE_FOLLOW_APPEND: "1" }, [{ job: ["j"] }, { commit: ["100"] }]],
    ["keepJob", { UPSURGE_KEEP_JOB: "1" }, [{ job: ["j"] }, { commit: ["100"] }]],
    ["ifLocked", { UPSURGE_IF_LOCKED: "wait" }, [{ job: ["j"] }, { commit: ["100"] }]],
  ] satisfies [string, Record<string, string>, RawOptions[]][])(
    "for --%s has no bearing on a load that is not of the kind",
    (name, environment, kinds) => {
      const once = ["end", "all", "load"].map((commit) => ({ commit: [commit] }));
      for (const typed of [{}, ...once, { check: ["false"] }])
        expect(Object.keys(optionsOf(typed, environment))).not.toContain(name);
      for (const typed of kinds) expect(Object.keys(optionsOf(typed, environment))).toContain(name);
    },
  );

  test("that is empty is not set, whatever it is called", () => {
    expect(environmentLayer({ UPSURGE_LIMIT: "" }).size).toBe(0);
    expect(strayVariables({ UPSURGE_LIMITS: "" })).toEqual([]);
    expect(strayVariables({ UPSURGE_LIMITS: "1" })).toEqual([
      { variable: "UPSURGE_LIMITS", option: null, near: "UPSURGE_LIMIT" },
    ]);
  });
});

test("of a flag that is given more than once the last word counts", () => {
  const [on, off] = [
    ["false", "true"],
    ["true", "false"],
  ].map((texts) => isOn({ texts, from: "flag", where: "--check" }));
  expect([on, off, isOn(undefined)]).toEqual([true, false, false]);
});
