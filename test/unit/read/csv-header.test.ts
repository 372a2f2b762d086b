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
  const { source, rows } = await read("a,a\n1,2\n", { header: true, columns: ["x", "y"] });
  expect(source.fields).toEqual(["x", "y"]);
  expect(source.header).toEqual({ taken: "passed-over", line: 1, repeats: false });
  expect(rows).toEqual([["1", "2"]]);
  const error = await errorOf(read("a,b,c\n", { header: true, columns: ["x", "y"] }));
  expect(error.why).toBe("it has 3 fields and --columns names 2");
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
