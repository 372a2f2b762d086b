/** Headers that cannot be used, and names that take their place. */
import { expect, test } from "vitest";
import { errorOf, read } from "./support.ts";

function numbered(fields: number): string {
  return Array.from({ length: fields }, (_, at) => `f${at}`).join(",");
}

test.each([
  ["a,b,a\n", 'the name "a" is there twice, as field 1 and field 3'],
  ["a,,c\n", "field 2 has no name"],
  ['a,"b"x\n', "a quote stands inside a field, or text follows a closing quote"],
  ["a,\xff\n", "the record is not valid UTF-8"],
  [`${"x".repeat(2 ** 20)},b\n`, "it is longer than 1048576 bytes"],
  [`"${"x".repeat(2 ** 21)}`, "it is longer than 1048576 bytes"],
  [`${numbered(4097)}\n`, "it has 4097 fields, and 4096 are the most"],
])("refuses %.20j", async (text, reason) => {
  const error = await errorOf(read(Buffer.from(text, "latin1")));
  expect(error.code).toBe("SOURCE_HEADER");
  expect(error.why).toBe(reason);
});

test("takes as many fields as a table can have columns, and more", async () => {
  const { source } = await read(`${numbered(4096)}\n`);
  expect(source.fields?.length).toBe(4096);
});

test("--columns takes the header's place and must be as long", async () => {
  const { source, rows } = await read("a,a\n1,2\n", { columns: ["x", "y"] });
  expect(source.fields).toEqual(["x", "y"]);
  expect(rows).toEqual([["1", "2"]]);
  const error = await errorOf(read("a,b,c\n", { columns: ["x", "y"] }));
  expect(error.why).toBe("it has 3 fields and --columns names 2");
});

test("names keep their white space and case; a byte order mark goes", async () => {
  const { source, records } = await read('\ufeff"A", b\n1,2\n');
  expect(source.fields).toEqual(["A", " b"]);
  expect(records[0]?.position.byte).toEqual([10, 14]);
  expect(Buffer.from(source.preamble).toString()).toBe('\ufeff"A", b\n');
});

test("lines before the header are kept up to the record limit only", async () => {
  const options = { comment: "#", maxRecordBytes: 1000 };
  const error = await errorOf(read(`${"# comment\n".repeat(200)}a\n1\n`, options));
  expect(error.code).toBe("SOURCE_HEADER");
});
