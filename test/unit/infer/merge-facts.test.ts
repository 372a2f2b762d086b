/** What is known of several fields, put together, is what would be known of one with all of their values. */
import { expect, test } from "vitest";
import { FieldTally } from "../../../src/infer/field-tally.ts";
import { mergeFacts } from "../../../src/infer/merge-facts.ts";
import type { ColumnFacts } from "../../../src/model/column-facts.ts";
import { KIND_BITS } from "../../../src/model/packed.ts";

type Kind = keyof typeof KIND_BITS;

function factsOf(values: readonly (readonly [Kind, string] | null)[]): ColumnFacts {
  const tally = new FieldTally();
  for (const value of values) {
    if (value === null) tally.seeNulls(1);
    else tally.see(KIND_BITS[value[0]], Buffer.from(value[1]), 0, Buffer.byteLength(value[1]));
  }
  return tally.facts();
}

const UUID = "0a0b0c0d-0000-4000-8000-00000000000e";
const VALUES = [
  [["number", "1"], null],
  [
    ["number", "-12.50"],
    ["number", "0.001"],
  ],
  [["number", "1e-30"]],
  [["number", "123456789012345678901"]],
  [["boolean", "true"]],
  [["text", "2026-05-31"]],
  [["text", "2026-05-31 13:57:47.25"]],
  [
    ["text", "2026-05-31T13:57"],
    ["text", "2026-05-31T13:57"],
  ],
  [
    ["text", "2026-05-31T13:57:47"],
    ["text", "2026-05-31 13:57:47"],
  ],
  [["text", "2026-05-31 13:57:47+02:00"]],
  [["text", UUID]],
  [["text", UUID.toUpperCase()]],
  [["json", '{"a":1e999}']],
  [["text", "äöü"]],
  [],
] as const;

test.each(VALUES.map((values, at) => [JSON.stringify(values), at] as const))("%s", (_, at) => {
  const values = VALUES[at] ?? [];
  for (const others of VALUES) {
    // Of a text it is not looked at what else it may be: what comes behind one is not told.
    const whole = factsOf([...values, ...others]);
    const merged = mergeFacts(factsOf(values), factsOf(others));
    if ((whole.classes & 1) === 0) expect(merged).toEqual({ ...whole, times: merged.times });
    expect(merged.times.mixed || (whole.classes & 1) !== 0).toBe(
      whole.times.mixed || (whole.classes & 1) !== 0,
    );
    expect([merged.values, merged.nulls, merged.longestBytes]).toEqual([
      whole.values,
      whole.nulls,
      whole.longestBytes,
    ]);
  }
});
