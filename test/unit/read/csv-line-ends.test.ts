/** What ends the lines of a CSV: the first line end outside quotes decides, wherever the others stand. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { errorOf, read, readPieces } from "./support.ts";

const ROWS = [
  ["1", "a"],
  ["2", "b"],
  ["3", "c"],
];

describe("CR at the end of the first line", () => {
  test.each([
    ["CR", "a,b\r1,a\r2,b\r3,c\r"],
    ["no line end at the end", "a,b\r1,a\r2,b\r3,c"],
    ["one LF at the end", "a,b\r1,a\r2,b\r3,c\n"],
    ["CR and LF at the end", "a,b\r1,a\r2,b\r3,c\r\n"],
    ["an empty line at the end", "a,b\r1,a\r2,b\r3,c\r\n\n"],
    ["an LF in the middle", "a,b\r1,a\n2,b\r3,c\r"],
    ["LF after the header", "a,b\r1,a\n2,b\n3,c\n"],
    ["quotes", '"a","b"\r"1","a"\r2,"b"\n3,"c"\r'],
  ])("%s", async (_, content) => {
    const { source, rows, records, rejects } = await read(content);
    expect(source.fields).toEqual(["a", "b"]);
    expect([rows, rejects]).toEqual([ROWS, []]);
    expect(records.map(({ position }) => position.line)).toEqual([
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    expect(Buffer.concat(records.map(({ raw }) => raw)).length).toBe(
      content.replace(/\n\n$/, "\n").length - content.search(/1|"1/),
    );
    // However the bytes come.
    for (const [blockBytes, firstBytes] of [
      [1, 1],
      [4, 4],
      [7, 3],
    ] as const) {
      const cut = await readPieces([Buffer.from(content)], {}, { blockBytes, firstBytes });
      expect(cut.records).toEqual(records);
    }
  });

  test("one field: the LF of a CRLF is no further line", async () => {
    for (const end of ["\r", "\n", "\r\n", ""]) {
      expect((await read(`id\r1\r2\r3${end}`)).rows).toEqual([["1"], ["2"], ["3"]]);
    }
    expect((await read("id\r1\r\r2\n\n3\r\n\r\n4")).rows).toEqual([
      ["1"],
      [null],
      ["2"],
      [null],
      ["3"],
      [null],
      ["4"],
    ]);
  });

  test("lines within quotes are counted as they are outside", async () => {
    const { rows, records } = await read('a,b\r1,"x\r\ny\nz\rw"\r2,b\r');
    expect(rows).toEqual([
      ["1", "x\r\ny\nz\rw"],
      ["2", "b"],
    ]);
    expect(records.map(({ position }) => position.line)).toEqual([
      [2, 5],
      [6, 6],
    ]);
  });

  test("comments and skipped lines end with it", async () => {
    const options = { comment: "#", skipLines: 1 };
    const { rows, source } = await read('"title\ra,b\r#x\n1,a\r\n#y\r2,b\r3,c\n', options);
    expect(source.fields).toEqual(["a", "b"]);
    expect(rows).toEqual(ROWS);
    expect(Buffer.from(source.preamble).toString()).toBe('"title\ra,b\r');
  });

  test("other encodings, gzip and a line end at the edge of a block", async () => {
    const content = "a,b\r1,é\r2,b\r3,c\n";
    const rows = [["1", "é"], ...ROWS.slice(1)];
    expect((await read(Buffer.from(content, "latin1"), { encoding: "latin1" })).rows).toEqual(rows);
    expect((await read(Buffer.from(`\uFEFF${content}`, "utf16le"))).rows).toEqual(rows);
    expect((await read(gzipSync(content))).rows).toEqual(rows);
    for (const line of [65_532, 65_533, 65_534, 65_535]) {
      for (const end of ["\r", "\r\n"]) {
        const text = `a,${"b".repeat(line - 2)}${end}1,a\r2,b\n3,c\n`;
        const { records, rejects } = await read(text, { columns: ["a", "b"], header: true });
        expect(records.length + rejects.length).toBe(end === "\r" ? 3 : 2);
      }
    }
  });

  test("a long file with one LF, wherever it stands", async () => {
    const lines = Array.from({ length: 60_000 }, (_, at) => `${at},x`);
    for (const at of [100, 30_000, 59_999]) {
      const text = `a,b\r${lines.map((line, index) => `${line}${index === at ? "\n" : "\r"}`).join("")}`;
      const { rows, rejects } = await read(text);
      expect([rows.length, rejects.length]).toEqual([60_000, 0]);
    }
  });

  test("--require-final-newline takes either", async () => {
    const options = { requireFinalNewline: true };
    for (const end of ["\r", "\n"]) {
      expect((await read(`a,b\r1,a\r2,b\r3,c${end}`, options)).rows).toEqual(ROWS);
    }
    expect((await errorOf(read("a,b\r1,a", options))).code).toBe("SOURCE_INCOMPLETE");
  });
});

test("among lines that end with CR, a comment that ends with CR and LF is one line, wherever a block ends", async () => {
  const content = "id\r#x\r\n1\r#y\r\n2\r";
  for (let blockBytes = 1; blockBytes <= content.length; blockBytes += 1) {
    const io = { blockBytes, firstBytes: 3 };
    const { rows, records } = await readPieces([Buffer.from(content)], { comment: "#" }, io);
    expect(rows, `blocks of ${blockBytes}`).toEqual([["1"], ["2"]]);
    expect(records.map(({ position }) => position.line)).toEqual([
      [3, 3],
      [5, 5],
    ]);
  }
});

test("LF or CRLF at the end of the first line: a lone CR is data, a quoted one tells nothing", async () => {
  expect((await read("a,b\n1\r2,3\n")).rows).toEqual([["1\r2", "3"]]);
  expect((await read("a,b\r\n1\r2,3\r\n")).rows).toEqual([["1\r2", "3"]]);
  expect((await read('a,"b\rc"\n1,2\n')).rows).toEqual([["1", "2"]]);
});
