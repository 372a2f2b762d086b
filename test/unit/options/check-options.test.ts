/** What does not go together. */
import { describe, expect, test } from "vitest";
import { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import { checkOptions } from "../../../src/options/check/check-options.ts";
import { OPTION_NAMES, optionSpec } from "../../../src/options/flag.ts";
import { defaultOptions, parseOptions } from "../../../src/options/parse-options.ts";
import { optionsOf } from "../../helpers/options.ts";
import type { GivenOptions } from "../../helpers/options.ts";

function failure(more: GivenOptions): string {
  try {
    checkOptions(optionsOf({ to: "x.db", table: "t", ...more }), "load");
  } catch (error) {
    if (error instanceof UpsurgeError) return `${error.code}: ${error.message}`;
  }
  return "accepted";
}

test.each<[GivenOptions]>([
  [{}],
  [{ key: ["id"], keyWhere: "deleted_at is null" }],
  [{ ignore: true, anyConstraint: true }],
  [{ ignore: true, mode: "ignore" }],
  [{ key: ["id"], set: ["n = 1"], updateColumns: ["none"] }],
  [{ key: ["id"], updateColumns: ["-a", "-b"] }],
  [{ updateColumns: ["none"] }],
  [{ updateColumns: ["none"], set: ["n = 1"] }],
  [{ mode: "upsert", set: ["n = 1"] }],
  [{ mode: "update", key: ["id"], nullKeeps: true }],
  [{ dryRun: true, check: true }],
  [{ delimiter: "\t" }],
  [{ quote: "" }],
  [{ header: false, columns: ["a"] }],
  [{ header: true, columns: ["a"] }],
  [{ header: true }],
  [{ maxRejects: "1%", rejectFile: "bad.csv" }],
  [{ stamp: ["at = now()"] }],
  [{ expectRows: 0, expectSha256: "0123456789abcdefABCDEF0123456789".repeat(2) }],
])("accepts %j", (more) => {
  expect(failure(more)).toBe("accepted");
});

test.each<GivenOptions>([
  { rejectFile: "" },
  { constraint: "" },
  { key: ["id"], keyWhere: "" },
  { key: ["id"], updateWhere: " " },
  { key: ["id"], deleteMissing: true, deleteWhere: "" },
  { splitOut: "" },
])("takes no empty text: %j", (more) => {
  expect(failure(more)).toMatch(/^OPTION_VALUE: --[a-z-]+ cannot be ' ?'$/);
});

test.each<[GivenOptions, string]>([
  [{ to: null }, "OPTION_MISSING: --to is missing"],
  [{ table: null }, "OPTION_MISSING: --table is missing"],
  [{ header: false }, "OPTION_MISSING: --columns is missing"],
  [{ ignore: true, mode: "update" }, "OPTION_CONFLICT: --ignore does not go with --mode update"],
  [
    { mode: "insert", updateColumns: ["none"] },
    "OPTION_CONFLICT: --update-columns does not go with --mode insert",
  ],
  [
    { updateColumns: ["a"] },
    "OPTION_CONFLICT: --update-columns does not go with a load without --key",
  ],
  [{ key: ["a"], constraint: "c" }, "OPTION_CONFLICT: --key does not go with --constraint"],
  [{ keyWhere: "x" }, "OPTION_CONFLICT: --key-where does not go with a load without --key"],
  [
    { anyConstraint: true },
    "OPTION_CONFLICT: --any-constraint does not go with a load without --key",
  ],
  [
    { ignore: true, anyConstraint: true, key: ["a"] },
    "OPTION_CONFLICT: --any-constraint does not go with --key",
  ],
  [{ expectSha256: "abc" }, "OPTION_VALUE: --expect-sha256 cannot be 'abc'"],
  [{ expectSha256: "g".repeat(64) }, `OPTION_VALUE: --expect-sha256 cannot be '${"g".repeat(64)}'`],
  [{ set: ["n = 1"] }, "OPTION_CONFLICT: --set does not go with a load without --key"],
  [
    { key: ["a"], ignore: true, updateWhere: "true" },
    "OPTION_CONFLICT: --update-where does not go with --ignore",
  ],
  [
    { key: ["a"], mode: "insert", nullKeeps: true },
    "OPTION_CONFLICT: --null-keeps does not go with --mode insert",
  ],
  [{ key: ["a"], updateColumns: ["b", "-c"] }, "OPTION_VALUE: --update-columns cannot be 'b,-c'"],
  [
    { format: "ndjson", columns: ["a"] },
    "OPTION_CONFLICT: --columns does not go with --format ndjson",
  ],
  [{ format: "json", header: true }, "OPTION_CONFLICT: --header does not go with --format json"],
  [
    { format: "json", header: false },
    "OPTION_CONFLICT: --no-header does not go with --format json",
  ],
  [{ columns: ["a", "b", "a"] }, "OPTION_VALUE: --columns cannot be 'a,b,a'"],
  [{ key: ["a", "a"] }, "OPTION_VALUE: --key cannot be 'a,a'"],
  [{ maxRejects: "some" }, "OPTION_VALUE: --max-rejects cannot be 'some'"],
  [{ delimiter: ";;" }, "OPTION_VALUE: --delimiter cannot be ';;'"],
  [{ delimiter: "§" }, "OPTION_VALUE: --delimiter cannot be '§'"],
  [{ quote: "''" }, "OPTION_VALUE: --quote cannot be ''''"],
  [{ report: "load.txt" }, "OPTION_VALUE: --report cannot be 'load.txt'"],
  [{ metrics: "load.txt" }, "OPTION_VALUE: --metrics cannot be 'load.txt'"],
  [{ junit: "load.json" }, "OPTION_VALUE: --junit cannot be 'load.json'"],
  [{ map: ["nocolon"] }, "OPTION_VALUE: --map cannot be 'nocolon'"],
  [{ const: ["novalue"] }, "OPTION_VALUE: --const cannot be 'novalue'"],
  [
    { deleteMissing: true },
    "OPTION_CONFLICT: --delete-missing does not go with a load without --key",
  ],
  ...(
    [
      [{ limit: 5 }, "--limit"],
      [{ commit: "1000" }, "--commit 1000"],
      [{ truncate: true }, "--truncate"],
      [{ followAppend: true, job: "j" }, "--follow-append"],
    ] as const
  ).map(([more, other]): [GivenOptions, string] => [
    { ...more, key: ["id"], deleteMissing: true },
    `OPTION_CONFLICT: --delete-missing does not go with ${other}`,
  ]),
  [
    { deleteMissing: true, ignore: true, anyConstraint: true },
    "OPTION_CONFLICT: --delete-missing does not go with --any-constraint",
  ],
  [
    { deleteMissing: true, key: ["id"], deleteSet: ["a = 1"] },
    "OPTION_MISSING: --delete-where is missing",
  ],
  [
    { key: ["id"], deleteWhere: "a = 1" },
    "OPTION_CONFLICT: --delete-where does not go with a load without --delete-missing",
  ],
  [
    { key: ["id"], maxDelete: "5" },
    "OPTION_CONFLICT: --max-delete does not go with a load without --truncate or --delete-missing",
  ],
])("refuses %j", (more, message) => {
  expect(failure(more)).toBe(message);
});

test("an inspection needs no target", () => {
  expect(() => checkOptions(defaultOptions(), "inspect")).not.toThrow();
});

describe("options that take rows away, or are SQL", () => {
  const dangerous = OPTION_NAMES.filter((name) => {
    const { sql, removes } = optionSpec(name);
    return sql === true || removes === true;
  });

  test("are known", () => {
    expect(dangerous).toEqual(expect.arrayContaining(["truncate", "maxDelete", "before", "after"]));
  });

  test.each(dangerous)("%s is set by no variable of the environment", (name) => {
    expect(optionSpec(name).env).toBeUndefined();
    const word = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    const environment = { [`UPSURGE_${word}`]: "1", [`UPSURGE_NO_${word}`]: "1" };
    expect(parseOptions({}, environment)[name]).toEqual(parseOptions({})[name]);
  });
});
