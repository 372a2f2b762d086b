import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TablePlan } from "../../../../src/model/load-plan.ts";
import { fillRaw, withoutExponent } from "../../../../src/targets/sqlserver/stage/fill-raw.ts";
import { quoteIdentifier } from "../../../../src/targets/sqlserver/quote.ts";
import { Recorder } from "../../../support/grammar/recorder.ts";
import { tsqlTable } from "../../../support/grammar/tables.ts";
import { row } from "../../../support/grammar/texts.ts";
import { column, planFor } from "../../../helpers/shapes.ts";

/** A decimal as a whole number of units of 10^-200. */
function unitsOf(text: string): bigint {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text.trim()) ?? [];
  const units = BigInt(whole + fraction) * 10n ** BigInt(200 - fraction.length + Number(exponent));
  return sign === "-" ? -units : units;
}

/** Numbers with an exponent, in all their spellings. */
const numbers = fc
  .record({
    sign: fc.constantFrom("", "-", "+"),
    whole: fc.stringMatching(/^\d{1,40}$/),
    fraction: fc.option(fc.stringMatching(/^\.\d{0,40}$/), { nil: "" }),
    e: fc.constantFrom("e", "E"),
    exponent: fc.integer({ min: -60, max: 60 }),
    plus: fc.boolean(),
  })
  .map(({ sign, whole, fraction, e, exponent, plus }) => {
    const mark = plus && exponent >= 0 ? "+" : "";
    return `${sign}${whole}${fraction}${e}${mark}${exponent}`;
  });

describe("a number with an exponent", () => {
  test("keeps its value exactly, and has none", () => {
    fc.assert(
      fc.property(numbers, (text) => {
        const plain = withoutExponent(text);
        expect(plain).toMatch(/^[+-]?\d+(\.\d+)?$/);
        expect(unitsOf(plain)).toBe(unitsOf(text));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["1.5e3", "1500"],
    ["15e-1", "1.5"],
    ["1.50E0", "1.50"],
    ["-1e-3", "-0.001"],
    [" 2e2 ", "200"],
    ["0e60", `0${"0".repeat(60)}`],
  ])("%s is %s", (text, plain) => {
    expect(withoutExponent(text)).toBe(plain);
  });

  test.each([
    "1e61",
    "1e-61",
    "1e99999",
    "e5",
    "1.e",
    "abc",
    "",
    "1e5x",
    "0x1e5",
    "15",
    "1.5",
    "- 1e5",
  ])("%s stays as it is", (text) => {
    expect(withoutExponent(text)).toBe(text);
  });
});

/** A load into three columns, by this row source. */
function planBy(rowSource: TablePlan["rowSource"]): TablePlan {
  const shape = tsqlTable({
    columns: [
      column("id", { type: "int", nullable: false }),
      column("price", { type: "decimal(10,2)" }),
      column("name", { type: "nvarchar(40)" }),
    ],
  });
  return { ...planFor(shape, { key: ["id"] }, { quoteIdentifier }), rowSource };
}

const ALL = { id: 0, columns: ["id", "price", "name"] };
const FEW = { id: 1, columns: ["name", "id"] };

describe("texts come into the raw table", () => {
  const rows = [
    { ...row(7, ALL), values: ["1", "1e1", null] },
    { ...row(8, FEW), values: ["1e1", "2"] },
  ];

  test("by bulk load, beside their columns", async () => {
    const recorder = new Recorder();
    await fillRaw(recorder.connection, planBy("staged"), rows);
    expect(recorder.bulkLoads).toEqual([
      {
        table: "#upsurge_raw",
        columns: ["upsurge_ord", "upsurge_shape", "f0", "f1", "f2"],
        rows: [
          [7, 0, "1", "10", null],
          [8, 1, "2", null, "1e1"],
        ],
      },
    ]);
  });

  test("as one JSON parameter, without what is NULL", async () => {
    const recorder = new Recorder();
    await fillRaw(recorder.connection, planBy("arrays"), rows);
    expect(recorder.sent).toEqual([
      {
        sql: `INSERT INTO #upsurge_raw (upsurge_ord, upsurge_shape, f0, f1, f2) SELECT o, s, f0, f1, f2
FROM OPENJSON(@rows) WITH (o bigint, s int, f0 nvarchar(max), f1 nvarchar(max), f2 nvarchar(max))`,
        parameters: [
          {
            name: "rows",
            value: '[{"o":7,"s":0,"f0":"1","f1":"10"},{"o":8,"s":1,"f0":"2","f2":"1e1"}]',
          },
        ],
      },
    ]);
  });

  test("as parameters of VALUES", async () => {
    const recorder = new Recorder();
    await fillRaw(recorder.connection, planBy("values"), rows);
    expect(recorder.sent).toEqual([
      {
        sql: "INSERT INTO #upsurge_raw (upsurge_ord, upsurge_shape, f0, f1, f2) VALUES (7, 0, @p0, @p1, NULL), (8, 1, @p2, NULL, @p3)",
        parameters: ["1", "10", "2", "1e1"].map((value, at) => ({ name: `p${at}`, value })),
      },
    ]);
  });

  test("as no more parameters and rows than a statement takes", async () => {
    const recorder = new Recorder();
    const many = Array.from({ length: 2000 }, (_, ord) => ({
      ...row(ord, ALL),
      values: ["1", "2", "3"],
    }));
    await fillRaw(recorder.connection, planBy("values"), many);
    const counts = recorder.sent.map(({ parameters }) => parameters.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2098);
    expect(counts.reduce((sum, count) => sum + count)).toBe(6000);
    const narrow = { ...planBy("values"), columns: planBy("values").columns.slice(0, 1) };
    const thin = new Recorder();
    await fillRaw(thin.connection, narrow, many);
    expect(thin.sent.map(({ parameters }) => parameters.length)).toEqual([1000, 1000]);
  });
});
