/** Records with fewer or more fields than the header. */
import { expect, test } from "vitest";
import { read } from "./support.ts";

const RAGGED = 'a,b,c\n1,2\n1,2,3,4\n"1",2\n1,2,3\n';

test("both are rejects, told with the numbers found and expected", async () => {
  const { rows, rejects } = await read(RAGGED);
  expect(rows).toEqual([["1", "2", "3"]]);
  expect(rejects.map(({ code, message, position }) => [position.record, code, message])).toEqual([
    [1, "ROW_FIELD_COUNT", "2 fields found, 3 expected"],
    [2, "ROW_FIELD_COUNT", "4 fields found, 3 expected"],
    [3, "ROW_FIELD_COUNT", "2 fields found, 3 expected"],
  ]);
  expect(Buffer.from(rejects[1]?.raw ?? []).toString()).toBe("1,2,3,4\n");
});

test("--missing-fields default leaves fields out of the record's shape", async () => {
  const { records } = await read(RAGGED, { missingFields: "default", extraFields: "ignore" });
  expect(records.map(({ shape, values }) => [shape.fields.join(""), values.join("")])).toEqual([
    ["ab", "12"],
    ["abc", "123"],
    ["ab", "12"],
    ["abc", "123"],
  ]);
  expect(records[0]?.shape).toBe(records[2]?.shape);
});

test("--missing-fields null fills them with NULL", async () => {
  const { rows } = await read("a,b,c\n1\n", { missingFields: "null" });
  expect(rows).toEqual([["1", null, null]]);
});

test("--extra-fields ignore drops them, non-ASCII and quoted records too", async () => {
  const { rows } = await read('a,b\n1,é,3\n1,"é",3\n1,2,3\n', { extraFields: "ignore" });
  expect(rows).toEqual([
    ["1", "é"],
    ["1", "é"],
    ["1", "2"],
  ]);
});
