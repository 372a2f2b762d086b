/** JSON arrays, and sequences of objects. */
import { expect, test } from "vitest";
import { openSource } from "../../../src/sources/open-source.ts";
import { DEFAULTS, errorOf, file, read } from "./support.ts";

const JSON_FORMAT = { format: "json" } as const;

test("each element is a record, wherever its line ends are", async () => {
  const { rows, records } = await read('[{"a":"]},"},\n{\n"a":[1,\n2]}]\n', JSON_FORMAT);
  expect(rows).toEqual([["]},"], ["[1,\n2]"]]);
  expect(records.map(({ raw }) => Buffer.from(raw).toString())).toEqual([
    '{"a":"]},"}',
    '{\n"a":[1,\n2]}',
  ]);
});

test("objects one after the other, as in a reject file", async () => {
  const { rows } = await read('{"a":1}\n{\n"a":2}{"a":3}', JSON_FORMAT);
  expect(rows).toEqual([["1"], ["2"], ["3"]]);
});

test.each(["", "  \n", "[]", " [ \n] "])("%j has no records", async (text) => {
  expect((await read(text, JSON_FORMAT)).rows).toEqual([]);
});

test("elements that are no objects are rejects", async () => {
  const { rejects, rows } = await read('[1,"a,]",null,[{}],{"a":1}]', JSON_FORMAT);
  expect(rejects.map(({ code }) => code)).toEqual(Array(4).fill("ROW_NOT_OBJECT"));
  expect(rows).toEqual([["1"]]);
});

test.each([
  ['[{"a":1}', "the closing ] is missing (line 1)"],
  ['[{"a":1},', "the closing ] is missing (line 1)"],
  ['[{"a":1},\n{"a"', "it ends within an element (line 2)"],
  ['[{"a":1}]\nx', "something follows the closing ] (line 2)"],
  ['[{"a":1} {"a":2}]', "a comma or the closing ] is missing (line 1)"],
  ['[{"a":1},]', "an element is missing (line 1)"],
])("%j is corrupt, after its first record", async (text, reason) => {
  const path = await file("corrupt.json", text);
  const source = await openSource(path, { ...DEFAULTS, ...JSON_FORMAT });
  const records: unknown[] = [];
  const error = await errorOf(
    (async () => {
      for await (const chunk of source.chunks()) records.push(...chunk.records);
    })(),
  );
  expect(records).toHaveLength(1);
  expect(error.code).toBe("SOURCE_CORRUPT");
  expect(error.why).toBe(reason);
  const isCut = /closing \] is missing|ends within/.test(reason) && !reason.startsWith("a comma");
  expect(error.fix.startsWith("correct the JSON in that line")).toBe(!isCut);
});

test("an element over the limit is one reject", async () => {
  const text = `[{"a":"${"x".repeat(100)}"},{"a":1}]`;
  const { rejects, rows } = await read(text, { ...JSON_FORMAT, maxRecordBytes: 50 });
  expect(rejects.map(({ code, raw }) => [code, raw])).toEqual([["ROW_TOO_LARGE", null]]);
  expect(rows).toEqual([["1"]]);
});
