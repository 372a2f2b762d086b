/** Packed values are rewritten as their reader reads them one by one, whether they become strings or not. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ColumnNotation } from "../../../src/model/load-plan.ts";
import { fieldBytes } from "../../../src/model/packed.ts";
import type { PackedFields } from "../../../src/model/packed.ts";
import { FieldReader } from "../../../src/write/mapping/field-reader.ts";
import { rewritePacked } from "../../../src/write/mapping/rewrite-packed.ts";
import { timesOf } from "../../tiers/tiers.ts";

const NOTATIONS: readonly ColumnNotation[] = [
  { kind: "number", decimal: ",", thousands: null },
  { kind: "number", decimal: ",", thousands: "." },
  { kind: "number", decimal: ",", thousands: " " },
  { kind: "number", decimal: ".", thousands: "," },
  { kind: "number", decimal: ".", thousands: "'" },
  { kind: "date", formats: ["DD.MM.YYYY"] },
];

/** Records of one field. */
function fieldsOf(texts: readonly string[]): PackedFields {
  const offsets = new Int32Array(2 * texts.length);
  let at = 0;
  for (const [place, text] of texts.entries()) {
    offsets[2 * place] = at;
    at += Buffer.byteLength(text);
    offsets[2 * place + 1] = at;
  }
  const shape = { fields: ["v"] };
  const bytes = Buffer.from(texts.join(""));
  return { shape, bytes, offsets, records: texts.length, length: at, quote: 34, kinds: null };
}

const text = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^-?[0-9]{1,7}([.,][0-9]{0,3})?$/) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: fc.constantFrom(..."-0123.,' ".split("")), maxLength: 8 }),
  },
  fc.constantFrom("", " ", "\u00a0", "1.234,5", "1,234.5", "NaN", "1e5", "24.12.2026", ",5", "5,"),
);

test.each(NOTATIONS)("%j", (notation) => {
  const { text: read, decimal } = new FieldReader(notation);
  let rewritten = 0;
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (texts) => {
      const found = rewritePacked(fieldsOf(texts), [{ field: 0, read, decimal }]);
      const expected = texts.map(read);
      if (expected.some((each) => typeof each !== "string")) {
        expect(found).toBe(null);
        return;
      }
      rewritten += 1;
      const values = texts.map((_, at) => found && fieldBytes(found, at)?.toString());
      expect(values).toEqual(expected);
    }),
    { numRuns: 20 * timesOf("reading paths") },
  );
  expect(rewritten).toBeGreaterThan(0);
});
