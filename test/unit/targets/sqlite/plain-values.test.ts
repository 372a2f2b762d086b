/** What is told from bytes to need no second look would have passed it. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMisfit } from "../../../../src/targets/sqlite/stage/misfits.ts";
import { isPlainDecimal } from "../../../../src/targets/sqlite/stage/numbers.ts";
import { isPlainTime } from "../../../../src/targets/sqlite/stage/times.ts";
import { bindValue } from "../../../../src/targets/sqlite/stage/values.ts";
import type { BoundColumn } from "../../../../src/targets/sqlite/stage/values.ts";

function told(text: string, look: (bytes: Uint8Array, from: number, to: number) => boolean) {
  const bytes = Buffer.from(`1${text}1`);
  return look(bytes, 1, bytes.length - 1);
}

function column(affinity: BoundColumn["affinity"], promised: BoundColumn["promised"]): BoundColumn {
  return { name: "c", affinity, type: "", isBytes: false, promised };
}

const NUMBERS = fc.stringMatching(/^-?[0-9]{0,30}\.?[0-9e]{0,30}$/);
const TIMES = fc
  .stringMatching(/^[012]\d{3}-[01]\d-[0-3]\d([ T][0-2]\d:[0-6]\d:[0-6]\d)?$/)
  .chain((text) =>
    fc
      .tuple(fc.nat(text.length), fc.constantFrom("", "", "", "x", "-", ":", " "))
      .map(([at, odd]) => text.slice(0, at) + odd + text.slice(at + odd.length)),
  );

test("a plain decimal is bound as it is, and is no misfit", () => {
  fc.assert(
    fc.property(NUMBERS, fc.constantFrom("integer", "numeric", "real"), (text, affinity) => {
      fc.pre(told(text, isPlainDecimal));
      expect(isMisfit(text, "number")).toBe(false);
      expect(isMisfit(text, "time")).toBe(false);
      expect(bindValue(text, false, column(affinity as BoundColumn["affinity"], "number"))).toBe(
        text,
      );
    }),
    { numRuns: 1000 },
  );
});

test("a plain time is bound as it is, and is no misfit", () => {
  fc.assert(
    fc.property(TIMES, (text) => {
      fc.pre(told(text, isPlainTime));
      expect(isMisfit(text, "time")).toBe(false);
      expect(bindValue(text, false, column("numeric", "time"))).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

describe("plain", () => {
  test.each(["0.1", "-0.34579726060521726", "123456789012345678901234567890.5"])("%s", (text) => {
    expect(told(text, isPlainDecimal)).toBe(true);
  });

  test.each(["2024-02-29", "2024-02-29 23:59:59", "0001-12-31T00:00:00"])("%s", (text) => {
    expect(told(text, isPlainTime)).toBe(true);
  });
});

describe("not plain", () => {
  test.each(["", "-", "1", ".5", "5.", "-.5", "1.5e3", "1.2.3", "+1.5", " 1.5", "1,5"])(
    "%j",
    (text) => {
      expect(told(text, isPlainDecimal)).toBe(false);
    },
  );

  test.each([
    "",
    "2024-13-01",
    "2024-00-10",
    "2024-01-32",
    "2024-1-1",
    "2024-02-29 24:00:00",
    "2024-02-29 12:60:00",
    "2024-02-29_12:00:00",
    "2024-02-29 12:00",
    "20240-2-29",
  ])("%j", (text) => {
    expect(told(text, isPlainTime)).toBe(false);
  });
});
