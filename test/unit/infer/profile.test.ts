/**
 * What is seen of the values of a field: by the bytes of packed records as by records that were read on the slow path, and as
 * plain patterns would say it.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseType } from "../../../src/infer/choose-type.ts";
import { Profile } from "../../../src/infer/profile.ts";
import type { ColumnFacts } from "../../../src/model/column-facts.ts";
import type { TypeRules } from "../../../src/model/new-table.ts";
import type { FieldKind } from "../../../src/model/record.ts";
import { TYPE_RULES as POSTGRES } from "../../../src/targets/postgres/catalog/new-types.ts";
import { TYPE_RULES as SQLITE } from "../../../src/targets/sqlite/catalog/new-types.ts";
import { TYPE_RULES as SQL_SERVER } from "../../../src/targets/sqlserver/catalog/new-types.ts";
import { readPath } from "../../helpers/reading-paths/compare-paths.ts";
import type { PathInput } from "../../helpers/reading-paths/compare-paths.ts";
import { csvInput } from "../../helpers/reading-paths/csv-input.ts";
import { OTHERWISE } from "../../helpers/reading-paths/inputs.ts";
import { ndjsonInput } from "../../helpers/reading-paths/ndjson-input.ts";
import { asValue, plainTypeOf, valueLists } from "../../helpers/typed-values.ts";
import type { SeenValue } from "../../helpers/typed-values.ts";
import { timesOf } from "../../tiers/tiers.ts";

const RUNS = timesOf("reading paths");

/** All that a profile says of a source. */
interface Seen {
  readonly records: number;
  readonly fields: ReadonlyMap<string, ColumnFacts>;
  /** Records that were seen packed. */
  readonly packed: number;
}

async function profileOf(input: PathInput, slow: boolean): Promise<Seen> {
  const { chunks } = await readPath(input, slow);
  const profile = new Profile();
  for (const chunk of chunks) profile.see(chunk);
  const packed = chunks.reduce((sum, chunk) => sum + (chunk.packed?.records ?? 0), 0);
  return { records: profile.records, fields: profile.fields, packed };
}

function source(text: string, format: "csv" | "ndjson"): PathInput {
  return { bytes: Buffer.from(text), options: { ...OTHERWISE, format }, blocks: {} };
}

describe("both reading paths are seen alike", () => {
  test.each([
    { title: "CSV", input: csvInput },
    { title: "NDJSON", input: ndjsonInput },
  ])("$title of all sorts", async ({ input }) => {
    await fc.assert(
      fc.asyncProperty(input, async (any) => {
        const { packed: _, ...fast } = await profileOf(any, false);
        const { packed, ...slow } = await profileOf(any, true);

        expect(packed).toBe(0);
        expect(fast).toEqual(slow);
        expect([...fast.fields.keys()]).toEqual([...slow.fields.keys()]);
      }),
      { numRuns: RUNS },
    );
  });
});

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** A CSV of these values, and what they are to a target. */
function csvOf(texts: readonly string[]): { input: PathInput; values: SeenValue[] } {
  const lines = texts.map((text, at) => `${at},${text === "" ? '""' : quoted(text)}`);
  const values = texts.map((text) => ({ text, kind: null }));
  return { input: source(`n,v\n${lines.join("\n")}\n`, "csv"), values };
}

/** An NDJSON of these literals. */
function ndjsonOf(literals: readonly string[]): { input: PathInput; values: SeenValue[] } {
  const lines = literals.map((literal) => `{"v":${literal}}\n`);
  return { input: source(lines.join(""), "ndjson"), values: literals.map(seenJson) };
}

function seenJson(literal: string): SeenValue {
  const value: unknown = JSON.parse(literal);
  if (typeof value === "string") return { text: value, kind: "text" };
  const kinds: Readonly<Record<string, FieldKind>> = { number: "number", boolean: "boolean" };
  return { text: literal, kind: kinds[typeof value] ?? "json" };
}

const jsonNumber = fc
  .tuple(
    fc.constantFrom("", "", "-"),
    fc.constantFrom("0", "1", "10", "314", "123456789012345", "1234567890123456"),
    fc.constantFrom("", "", ".5", ".10", ".0", ".0015"),
    fc.constantFrom("", "", "", "e5", "E-7", "e+00", "e285", "e300", "e-288", "e-290", "e310"),
  )
  .map((parts) => parts.join(""));
const literal = fc.oneof(
  { weight: 6, arbitrary: jsonNumber },
  { weight: 1, arbitrary: fc.constantFrom("true", "false", "{}", "[1]", '"12"', '"true"') },
);
const jsonLists = fc.oneof(
  fc.array(jsonNumber, { minLength: 1, maxLength: 5 }),
  fc.array(literal, { minLength: 1, maxLength: 4 }),
  valueLists.map((texts) => texts.map((text) => JSON.stringify(text))),
);

const LONG = "7".repeat(7000);

test.each([
  [["{}", LONG], true],
  [[`-${LONG}`, "[]"], true],
  [["1", `[${LONG}]`], true],
  [["{}", "1e-20000"], true],
  [['"x"', "{}", LONG], true],
  [['"x"', "{}", "1e20000"], true],
  [["{}", JSON.stringify(LONG), "7e9", LONG.slice(2000)], false],
])(
  "among objects a number that some databases refuse is noted, on both paths: case %#",
  async (all, isHuge) => {
    for (const slow of [false, true]) {
      const { fields } = await profileOf(ndjsonOf(all).input, slow);
      expect(fields.get("v")?.hugeJsonNumber).toBe(isHuge);
    }
  },
);

describe.each<{ title: string; rules: TypeRules }>([
  { title: "postgres", rules: POSTGRES },
  { title: "sqlite", rules: SQLITE },
  { title: "sqlserver", rules: SQL_SERVER },
])("$title: the type is the one that patterns say", ({ rules }) => {
  async function check({
    input,
    values,
  }: {
    input: PathInput;
    values: SeenValue[];
  }): Promise<void> {
    const { fields } = await profileOf(input, false);
    const facts = fields.get("v");
    if (facts === undefined) throw new Error("the field was not seen");
    const chosen = chooseType(facts, rules, false);
    expect(chosen).toEqual(plainTypeOf(values, rules));

    const ofKey = chooseType(facts, rules, true);
    expect([chosen, { kind: "text", longest: facts.longestUnits }]).toContainEqual(ofKey);
    const texts = new Set(values.map(({ text }) => text));
    expect(new Set([...texts].map((text) => asValue(text, ofKey.kind))).size).toBe(texts.size);
  }

  test("for the fields of a CSV", async () => {
    await fc.assert(
      fc.asyncProperty(valueLists, async (texts) => check(csvOf(texts))),
      { numRuns: RUNS },
    );
  });

  test("for the values of NDJSON", async () => {
    await fc.assert(
      fc.asyncProperty(jsonLists, async (literals) => check(ndjsonOf(literals))),
      { numRuns: RUNS },
    );
  });
});

describe("what a profile counts", () => {
  test("records, NULLs and fields in the order in which they came", async () => {
    const text = '{"b":1,"a":null}\n{"a":"x"}\nno json\n{"c":true,"b":null}\n';
    const { records, fields } = await profileOf(source(text, "ndjson"), false);

    expect(records).toBe(3);
    expect([...fields].map(([name, { values, nulls }]) => [name, values, nulls])).toEqual([
      ["b", 1, 1],
      ["a", 1, 1],
      ["c", 1, 0],
    ]);
  });

  test("the longest value in UTF-16 units and in bytes", async () => {
    const { fields } = await profileOf(source('v,w\n😀😀,"a""b"\nabc,日本語\n', "csv"), false);

    expect(fields.get("v")).toMatchObject({ longestUnits: 4, longestBytes: 8 });
    expect(fields.get("w")).toMatchObject({ longestUnits: 3, longestBytes: 9 });
  });

  test("several sources go into one profile", async () => {
    const profile = new Profile();
    for (const text of ["v\n1\n", "w,v\nx,2.5\n"]) {
      const { chunks } = await readPath(source(text, "csv"), false);
      for (const chunk of chunks) profile.see(chunk);
    }

    expect(profile.records).toBe(2);
    expect(chooseType(profile.fields.get("v") as ColumnFacts, POSTGRES, false)).toEqual({
      kind: "decimal",
      whole: 1,
      scale: 1,
    });
  });
});
