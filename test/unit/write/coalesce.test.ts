/** Which rows of a packed batch are left out as repeats: the writer of nested records counts them, and writes the others. */
import { expect, test } from "vitest";
import type { PackedFields } from "../../../src/model/packed.ts";
import { fieldBytes } from "../../../src/model/packed.ts";
import { Coalescer } from "../../../src/write/nest/coalesce.ts";
import { packedBatch } from "../../../src/write/packed-batch.ts";
import { planFor, table } from "../../helpers/shapes.ts";

const SHAPE = { id: 0, columns: ["id", "a"] };
const COLUMNS = [
  { field: 0, constant: null },
  { field: 1, constant: null },
];

/** Rows `id=v`, in two slices; a value of `-` is NULL. */
function left(
  rows: readonly string[],
): { readonly rows: readonly string[]; readonly outcome: string } | null {
  const half = Math.floor(rows.length / 2);
  const slices = [rows.slice(0, half), rows.slice(half)].map((part) => ({
    fields: packed(part),
    from: 0,
    to: part.length,
    columns: COLUMNS,
  }));
  const all = { shape: SHAPE, slices, firstOrd: 0, ordSteps: null };
  const batch = packedBatch({ number: 1, size: rows.length }, all, () => []);
  const plan = planFor(table(), { key: ["id"] });
  const found = new Coalescer(plan, {}).without(batch);
  if (found === null) return null;
  expect(found.repeats + found.batch.size).toBe(rows.length);
  const texts = (found.batch.packed?.slices ?? []).flatMap(({ fields, from, to }) =>
    Array.from({ length: to - from }, (_, at) =>
      [0, 1]
        .map((field) => fieldBytes(fields, 2 * (from + at) + field)?.toString() ?? "-")
        .join("="),
    ),
  );
  return { rows: texts, outcome: found.outcome };
}

function packed(rows: readonly string[]): PackedFields {
  const places: number[] = [];
  let text = "";
  for (const value of rows.flatMap((each) => each.split("="))) {
    if (value === "-") places.push(-1, -1);
    else places.push(text.length, text.length + value.length);
    text += `${value},`;
  }
  return {
    shape: { fields: ["id", "a"] },
    bytes: Buffer.from(text),
    offsets: Int32Array.from(places),
    records: rows.length,
    length: text.length,
    quote: 34,
    kinds: null,
  };
}

test("the first of equal rows is left, wherever the others are", () => {
  expect(left(["1=a", "2=b", "1=a", "1=a", "2=b", "3=-", "3=-"])).toEqual({
    rows: ["1=a", "2=b", "3=-"],
    outcome: "unchanged",
  });
});

test("all rows of a key are left where one of them differs", () => {
  expect(left(["1=a", "2=b", "1=c", "1=a", "2=b"])?.rows).toEqual(["1=a", "2=b", "1=c", "1=a"]);
  expect(left(["1=a", "1=-", "1=a", "2=b", "2=b"])?.rows).toEqual(["1=a", "1=-", "1=a", "2=b"]);
});

test("there is nothing to leave out where rows differ, or a key may be written in several ways", () => {
  expect(left(["1=a", "2=a", "-1=a", "0=a"])).toBeNull();
  for (const key of ["01", "-0", "1.0", "+1", " 1", "x", "-"])
    expect(left(["1=a", "1=a", `${key}=a`]), key).toBeNull();
});
