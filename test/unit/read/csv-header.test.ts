/** Headers that cannot be used, and names that take their place. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fieldLabel } from "../../../src/model/header.ts";
import { readHeader } from "../../../src/read/csv/header.ts";
import { headerFields } from "../../../src/read/csv/header-fields.ts";
import { errorOf, read } from "./support.ts";

function numbered(fields: number): string {
  return Array.from({ length: fields }, (_, at) => `f${at}`).join(",");
}

test.each([
  ['a,"b"x\n', "a quote is inside a field, or text follows a closing quote"],
  ["a,\xff\n", "the record is not valid UTF-8"],
  [`${"x".repeat(2 ** 20)},b\n`, "it is longer than 1,048,576 bytes"],
  [`"${"x".repeat(2 ** 21)}`, "it is longer than 1,048,576 bytes"],
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
  const { source, rows } = await read("a,a\n1,2\n", { header: true, columns: ["x", "y"] });
  expect(source.fields).toEqual(["x", "y"]);
  expect(source.header).toEqual({ taken: "passed-over", line: 1, repeats: false });
  expect(rows).toEqual([["1", "2"]]);
  const error = await errorOf(read("a,b,c\n", { header: true, columns: ["x", "y"] }));
  expect(error.why).toBe("it has 3 fields and --columns names 2");
});

test("standard input is called so", () => {
  const first = { line: 1, count: 1, texts: ["a"], quoted: null, remedy: null, shown: "a" };
  expect(() => readHeader("-", first, { header: true, columns: ["x", "y"] })).toThrow(
    "the header of standard input cannot be used",
  );
});

test("a header that is passed over may be in another encoding, but not out of quotes", async () => {
  const columns = ["id", "Größe"];
  const { source, rows } = await read(Buffer.from("id,Gr\xf6\xdfe\n1,2\n", "latin1"), {
    header: true,
    columns,
  });
  expect(source.fields).toEqual(columns);
  expect(rows).toEqual([["1", "2"]]);
  const error = await errorOf(read('id,"x"y\n1,2\n', { header: true, columns }));
  expect(error.code).toBe("SOURCE_HEADER");
});

test.each([
  ["1,Goroka\n2,Madang\n", 1, "1,Goroka"],
  ["x\ny\n1,2,3\n", 3, "1,2,3"],
  ["x\ny\n\nname,id\n1,2\n", 4, "name,id"],
  ["x\ny\nID,NAME\n1,2\n", 3, "ID,NAME"],
  ['x\ny\n"id""\n\u0007",name\n1,2\n', 3, '"id"" ",name'],
])("--columns alone says nothing of line 1 of %j", async (text, line, shown) => {
  const options = { columns: ["id", "name"], skipLines: line === 1 ? 0 : 2 };
  const error = await errorOf(read(text, options));
  expect(error.code).toBe("OPTION_MISSING");
  expect(error.message).toBe("--header or --no-header is missing");
  expect(error.why.endsWith(`It is: ${shown}`)).toBe(true);
  expect(error.fix).toMatch(/--no-header if .*--header if /);
  expect(error.where).toBe(`standard input, line ${line}`);
  const data = await read(text, { ...options, header: false, extraFields: "ignore" });
  expect(data.source.header).toEqual({ taken: "data", line, repeats: false });
});

test.each([
  ["id,name\n1,a\n", {}, 1],
  ['\ufeff"id","name"\r\n1,a\r\n', {}, 1],
  ["about\n# x\nid;name\n1;a\n", { skipLines: 1, comment: "#", delimiter: ";" }, 3],
  ["id\tname\n1\ta\n", { format: "tsv" as const }, 1],
  [" id , name\n1,a\n", { trim: true }, 1],
])("a first line that repeats --columns is the header: %j", async (text, more, line) => {
  for (const header of [null, true]) {
    const options = { columns: ["id", "name"], header, ...more };
    const { source, rows } = await read(text, options);
    expect(source.header).toEqual({ taken: "names", line, repeats: true });
    expect(source.fields).toEqual(["id", "name"]);
    expect(rows).toEqual([["1", "a"]]);
  }
});

test("--no-header loads a first line that repeats --columns, since it was said", async () => {
  const { source, rows } = await read("id\n1\n", { columns: ["id"], header: false });
  expect(source.header).toEqual({ taken: "data", line: 1, repeats: true });
  expect(rows).toEqual([["id"], ["1"]]);
});

test("--no-header keeps a first record that is one empty field", async () => {
  expect((await read("\n1\n", { columns: ["id"], header: false })).rows).toEqual([[null], ["1"]]);
});

test.each([null, true, false])("an empty source has no line to ask about: %j", async (header) => {
  for (const text of ["", "\ufeff", "# x\n"]) {
    const { source, rows } = await read(text, { columns: ["a", "b"], header, comment: "#" });
    expect(source.header).toEqual({ taken: "none", line: 1, repeats: false });
    expect([source.fields, rows]).toEqual([["a", "b"], []]);
  }
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

test("a field without a name of its own is called by its number", async () => {
  const { source, rows, records } = await read(',id,"",n,n\n0,1,2,3,4\n');
  expect(source.fields).toEqual(["1", "id", "3", "4", "5"]);
  expect(source.headerFields?.map(fieldLabel)).toEqual([
    "field 1 (no name)",
    "id",
    "field 3 (no name)",
    "n (field 4)",
    "n (field 5)",
  ]);
  expect(rows).toEqual([["0", "1", "2", "3", "4"]]);
  expect(records[0]?.shape.header).toEqual(source.headerFields);
});

test("a number that is another field's name is not taken", () => {
  const fields = headerFields(["2", "", "1", "", "x", "x", "5"]);
  expect(fields.map(({ key, byNumber }) => [key, byNumber])).toEqual([
    ["2", false],
    ["#2", false],
    ["1", true],
    ["4", true],
    ["#5", false],
    ["6", true],
    ["5", true],
  ]);
});

test("whatever a header says, its fields have keys of their own", () => {
  const name = fc.constantFrom("", "a", "1", "2", "3", "#1", "#2", "##2", "10");
  fc.assert(
    fc.property(fc.array(name, { maxLength: 12 }), (names) => {
      const fields = headerFields(names);
      expect(new Set(fields.map(({ key }) => key)).size).toBe(names.length);
      for (const { key, name: own, twins } of fields) {
        expect(key === own).toBe(own !== "" && twins.length === 1);
      }
    }),
  );
});

test.each([
  ["id,Gr\xf6\xdfe\n1,2\n", {}, "probably --encoding latin1 or windows-1252"],
  ["id,\x80 a year\n1,2\n", {}, "probably --encoding windows-1252"],
  ["\x01\x02\x03\xff,\x00\n1,2\n", {}, "check that it is a CSV at all"],
  ["\x81\x30,a\n1,2\n", { encoding: "shift_jis" }, "--encoding"],
  ['id, "a,b"\n1,2\n', {}, "pass --trim"],
  ['"id" ,"a"\n1,2\n', {}, "pass --trim"],
  ['id,5" disk\n1,2\n', {}, "pass --quote ''"],
  [`${"x".repeat(2 ** 20)},b\n`, {}, "pass --quote ''"],
  [`${"f,".repeat(4096)}f\n`, {}, "check --delimiter"],
])("the fix of %.20j is its own, and works", async (text, options, fix) => {
  const bytes = Buffer.from(text, "latin1");
  const error = await errorOf(read(bytes, options));
  expect([error.code, error.fix]).toEqual(["SOURCE_HEADER", expect.stringContaining(fix)]);
  if (fix.includes("windows-1252")) await read(bytes, { encoding: "windows-1252" });
  if (fix.includes("--trim")) await read(bytes, { trim: true });
  if (fix.includes("--quote")) {
    const unquoted = read(bytes, { quote: null });
    if (text.length < 100) expect((await unquoted).source.fields?.length).toBe(2);
    else expect((await errorOf(unquoted)).code).toBe("SOURCE_HEADER");
  }
});
