/** The expression for `--value` that keeps the instant of a time with an offset. The tests' server keeps no offsets, so that it is not run here. */
import { expect, test } from "vitest";
import { madeOf } from "../../../../src/targets/sqlserver/made-of.ts";

test("an instant becomes a time of UTC, of the column's own type", () => {
  expect(madeOf("instant", "at", "datetime2(7)")).toBe(
    "CAST(SWITCHOFFSET(CAST(excluded.at AS datetimeoffset(7)), '+00:00') AS datetime2(7))",
  );
  expect(madeOf("instant", "my time", "time(3)")).toBe(
    `CAST(SWITCHOFFSET(CAST(excluded."my time" AS datetimeoffset(7)), '+00:00') AS time(3))`,
  );
});

test("no other form is made of a text", () => {
  expect(madeOf("seconds", "at", "datetime2(7)")).toBeNull();
});
