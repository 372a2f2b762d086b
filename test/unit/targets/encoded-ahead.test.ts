/** What a writer asks of a reader that finds fields ahead, and which of the rows that were encoded it takes. */
import { expect, test } from "vitest";
import type { AheadEncoding } from "../../../src/model/encoded.ts";
import { movedFields } from "../../../src/model/packed.ts";
import { pickedFields } from "../../../src/model/picked-fields.ts";
import type { PackedColumn, PackedFields, PackedSlice } from "../../../src/model/packed.ts";
import { EncodedAhead } from "../../../src/targets/encoded-ahead.ts";

const FIELD: PackedColumn = { field: 0, constant: null };

/** Those of a writer whose rows are of this kind. */
function writer(kind = "rows"): EncodedAhead {
  return new EncodedAhead((use) => ({ module: "file:///encoder.js", data: { ...use, kind } }));
}

/** A chunk whose reader notes what it is asked for; `by`: its records were encoded in that way. */
function chunk(asked: (AheadEncoding | null)[], by: AheadEncoding | null): PackedFields {
  const offsets = Int32Array.of(0, 1);
  const [starts, ends] = [Int32Array.of(0), Int32Array.of(1)];
  const cell = { bytes: Uint8Array.of(1), starts, ends, hashes: null };
  const fields: PackedFields = {
    shape: { fields: ["s"] },
    bytes: Buffer.from("a"),
    offsets,
    records: 1,
    length: 1,
    quote: 34,
    kinds: null,
    ahead: { encode: (encoding) => void asked.push(encoding) },
  };
  return by === null ? fields : { ...fields, encoded: { ...cell, by, of: offsets } };
}

function sliceOf(fields: PackedFields, column = FIELD): PackedSlice {
  return { fields, from: 0, to: 1, columns: [column] };
}

/** A chunk as it comes after a writer has asked for its rows. */
function later(): { readonly fields: PackedFields; readonly asked: (AheadEncoding | null)[] } {
  const asked: (AheadEncoding | null)[] = [];
  expect(writer().of(sliceOf(chunk(asked, null)))).toBe(null);
  return { fields: chunk(asked, asked[0] ?? null), asked };
}

test("rows that the writer of an earlier transaction has asked for are taken", () => {
  const { fields } = later();
  expect(writer().of(sliceOf(fields))).toBe(fields.encoded);
});

test.each([
  ["a constant in the place of a field", writer(), { field: -1, constant: "x" }],
  ["another form", writer("pages"), FIELD],
])("rows with %s are others, and are asked for", (_, other, column) => {
  const { fields, asked } = later();
  expect(other.of(sliceOf(fields, column))).toBe(null);
  expect(asked).toHaveLength(2);
  expect(asked[1]).not.toEqual(asked[0]);
});

test("records whose fields have other names are asked for anew", () => {
  const { fields, asked } = later();
  const own = writer();
  expect(own.of(sliceOf(fields))).toBe(fields.encoded);
  expect(own.of(sliceOf({ ...fields, shape: { fields: ["t"] } }))).toBe(null);
  expect(asked).toHaveLength(3);
});

test("picked records are those of them that were encoded, and are asked for as one writer's", () => {
  const asked: (AheadEncoding | null)[] = [];
  const by = { writers: 2, key: ["s"] };
  const pick = (fields: PackedFields): PackedSlice =>
    sliceOf(pickedFields(fields, Uint32Array.of(0), by));
  expect(writer().of(pick(chunk(asked, null)))).toBe(null);
  expect(asked[0]?.data).toMatchObject({ sharedOut: by });
  const found = writer().of(pick(chunk(asked, asked[0] ?? null)));
  expect(found).toMatchObject({ starts: Int32Array.of(0), ends: Int32Array.of(1) });
  expect(writer().of(sliceOf(chunk(asked, asked[0] ?? null)))).toBe(null);
  expect(asked[2]?.data).toMatchObject({ sharedOut: null });
});

test("fields whose values were moved are not those that were encoded, and nobody asks for them", () => {
  const { fields, asked } = later();
  const offsets = fields.offsets.slice();
  expect(writer().of(sliceOf({ ...fields, offsets }))).toBe(null);
  expect(writer().of(sliceOf(movedFields(fields, { offsets })))).toBe(null);
  expect(asked).toHaveLength(2);
});
