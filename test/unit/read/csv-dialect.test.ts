/** Each dialect flag, and what ends a line. */
import { expect, test } from "vitest";
import { read } from "./support.ts";

test("reads names from the header and values as text", async () => {
  const { source, rows } = await read("id,name\n007,Zoë\n");
  expect(source.fields).toEqual(["id", "name"]);
  expect(rows).toEqual([["007", "Zoë"]]);
});

test("--format tsv takes a tab, --delimiter anything else", async () => {
  expect((await read("a\tb\n1,5\t2\n", { format: "tsv" })).rows).toEqual([["1,5", "2"]]);
  expect((await read("a;b\n1,5;2\n", { delimiter: ";" })).rows).toEqual([["1,5", "2"]]);
  expect((await read("a§b\n1§é\n", { delimiter: "§" })).rows).toEqual([["1", "é"]]);
});

test("quoted fields hold delimiters, line ends and doubled quotes", async () => {
  const { rows } = await read('a,b\n"1,5","x\r\ny ""z"""\n2,\r\n', { empty: "string" });
  expect(rows).toEqual([
    ["1,5", 'x\r\ny "z"'],
    ["2", ""],
  ]);
});

test("--quote and --escape", async () => {
  expect((await read("a,b\n'1,5',\"\n", { quote: "'" })).rows).toEqual([["1,5", '"']]);
  expect((await read('a,b\n"1,5",2\n', { quote: null, extraFields: "ignore" })).rows).toEqual([
    ['"1', '5"'],
  ]);
  expect((await read('a,b\n"x\\"y\\\\",2\n', { escape: "\\" })).rows).toEqual([['x"y\\', "2"]]);
});

test("--comment passes over lines that begin with it, and only those", async () => {
  const { rows, records, source } = await read('# one, "\na,b\n#two\n1,#2\n"#3",4\n', {
    comment: "#",
  });
  expect(rows).toEqual([
    ["1", "#2"],
    ["#3", "4"],
  ]);
  expect(records.map(({ position }) => [position.record, position.line])).toEqual([
    [1, [4, 4]],
    [2, [5, 5]],
  ]);
  expect(Buffer.from(source.preamble).toString()).toBe('# one, "\na,b\n');
});

test("--skip-lines passes over physical lines, whatever they hold", async () => {
  const { rows, source } = await read('title "x\n\n"a","b"\n1,2\n', { skipLines: 1 });
  expect(rows).toEqual([["1", "2"]]);
  expect(Buffer.from(source.preamble).toString()).toBe('title "x\n\n"a","b"\n');
});

test("--no-header names fields by number, or by --columns", async () => {
  const numbered = await read("1,2\n3,4\n", { header: false });
  expect(numbered.source.fields).toEqual(["1", "2"]);
  expect(numbered.rows).toEqual([
    ["1", "2"],
    ["3", "4"],
  ]);
  const named = await read("x\n1,2\n", { header: false, columns: ["a", "b"], skipLines: 1 });
  expect(named.source.fields).toEqual(["a", "b"]);
  expect(named.rows).toEqual([["1", "2"]]);
  expect(Buffer.from(named.source.preamble).toString()).toBe("x\n");
});

test("--limit stops after that many records", async () => {
  expect((await read("a\n1\n2\n3\n", { limit: 2 })).rows).toEqual([["1"], ["2"]]);
  expect((await read("1\n2\n3\n", { limit: 1, header: false })).rows).toEqual([["1"]]);
  expect((await read("a\n1\n", { limit: 0 })).rows).toEqual([]);
});

test("--trim takes white space around fields, not within quotes", async () => {
  const { rows } = await read('a, b\n 1 ,\t"  2 " \n', { trim: true });
  expect(rows).toEqual([["1", "  2 "]]);
});

test("without --trim white space is data", async () => {
  expect((await read("a,b\n 1 , 2\n")).rows).toEqual([[" 1 ", " 2"]]);
});

test("LF, CRLF and a missing last line end", async () => {
  expect((await read("a,b\r\n1,2\n3,4\r\n5,6")).rows).toEqual([
    ["1", "2"],
    ["3", "4"],
    ["5", "6"],
  ]);
});

test("CR ends records where there is no LF", async () => {
  const { rows, records } = await read('a,b\r1,"x\ry"\r3,4\r');
  expect(rows).toEqual([
    ["1", "x\ry"],
    ["3", "4"],
  ]);
  expect(records.map(({ position }) => position.line)).toEqual([
    [2, 3],
    [4, 4],
  ]);
});

test("a bare CR is data where LF ends records", async () => {
  expect((await read("a,b\n1\r2,3\n")).rows).toEqual([["1\r2", "3"]]);
});

test("blank lines are passed over and not counted, but stand for an empty field in a source with one", async () => {
  const two = await read("\na,b\n\n1,2\n\r\n3,4\n\n");
  expect(two.records.map(({ position }) => [position.record, position.line[0]])).toEqual([
    [1, 4],
    [2, 6],
  ]);
  expect((await read("a\n1\n\n\r\n2\n")).rows).toEqual([["1"], [null], [null], ["2"]]);
});

test("an empty source and a header alone have no records", async () => {
  const empty = await read("");
  expect(empty.source.fields).toEqual([]);
  expect(empty.rows).toEqual([]);
  const header = await read("a,b");
  expect(header.source.fields).toEqual(["a", "b"]);
  expect(header.rows).toEqual([]);
});

test("fields called __proto__ and constructor are ordinary", async () => {
  const { source, rows } = await read("__proto__,constructor\n1,2\n");
  expect(source.fields).toEqual(["__proto__", "constructor"]);
  expect(rows).toEqual([["1", "2"]]);
});
