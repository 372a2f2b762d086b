/** Encodings: exact bytes, exact rejects, never a replacement character. */
import iconv from "iconv-lite";
import { expect, test } from "vitest";
import { errorOf, read, readPieces } from "./support.ts";

test("latin1 bytes are split as they stand", async () => {
  const bytes = Buffer.concat([
    Buffer.from("a,b\n1,"),
    Buffer.from("53e36f", "hex"),
    Buffer.from("\n2,x\n"),
  ]);
  const { rows, records } = await read(bytes, { encoding: "latin1" });
  expect(rows).toEqual([
    ["1", "São"],
    ["2", "x"],
  ]);
  expect(Buffer.from(records[0]?.raw ?? [])).toEqual(bytes.subarray(4, 10));
  expect(records[1]?.position.byte).toEqual([10, 14]);
  const strict = await read(bytes);
  expect(strict.rejects.map(({ code }) => code)).toEqual(["ROW_ENCODING"]);
});

test("a byte that windows-1252 leaves undefined is a reject of its record alone", async () => {
  const bytes = Buffer.from('a,b\n1,\x80\n2,\x81\n"\x93",\x94\n', "latin1");
  const { rows, rejects } = await read(bytes, { encoding: "windows-1252" });
  expect(rows).toEqual([
    ["1", "€"],
    ["“", "”"],
  ]);
  expect(rejects.map(({ position, code }) => [position.record, code])).toEqual([
    [2, "ROW_ENCODING"],
  ]);
});

test("delimiter and quote may be outside ASCII", async () => {
  const bytes = iconv.encode("a¦b\n§x¦y§¦2\n", "latin1");
  const { rows } = await read(bytes, { encoding: "latin1", delimiter: "¦", quote: "§" });
  expect(rows).toEqual([["x¦y", "2"]]);
});

test.each([
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
])("%s is found by its byte order mark", async (encoding, mark) => {
  const encode = (text: string): Buffer => iconv.encode(text, encoding, { addBOM: false });
  const bytes = Buffer.concat([Buffer.from(mark), encode("a,b\n1,é\n2,😀\n")]);
  const { rows, records, source } = await read(bytes);
  expect(rows).toEqual([
    ["1", "é"],
    ["2", "😀"],
  ]);
  expect(Buffer.from(records[1]?.raw ?? [])).toEqual(encode("2,😀\n"));
  expect(Buffer.from(source.preamble)).toEqual(Buffer.concat([Buffer.from(mark), encode("a,b\n")]));
});

test.each(["utf-16le", "utf-16be"])("%s may come in pieces that end anywhere", async (encoding) => {
  const bytes = iconv.encode("a,b\n1,é\n2,😀😀\n", encoding, { addBOM: true });
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const { rows, rejects } = await readPieces(pieces, { encoding });
    expect([rows, rejects], `cut after ${cut} bytes`).toEqual([
      [
        ["1", "é"],
        ["2", "😀😀"],
      ],
      [],
    ]);
  }
});

test.each(["utf-16le", "utf-16be"])(
  "%s has a byte order mark at its beginning alone",
  async (encoding) => {
    const marked = "a,b\n1,x\n\ufeff2,\ufeffy\n";
    const bytes = iconv.encode(marked, encoding, { addBOM: true });
    for (let cut = 2; cut < bytes.length; cut += 2) {
      const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
      const { rows } = await readPieces(pieces, { encoding });
      expect(rows, `cut after ${cut} bytes`).toEqual([
        ["1", "x"],
        ["\ufeff2", "\ufeffy"],
      ]);
    }
  },
);

test.each(["latin1", "utf-16le", "shift_jis", "euc-kr"])(
  "--require-final-newline asks for one in %s as well",
  async (encoding) => {
    const bytes = (text: string): Buffer => iconv.encode(text, encoding);
    const options = { encoding, requireFinalNewline: true };
    expect((await read(bytes("a,b\n1,x\n"), options)).rows).toEqual([["1", "x"]]);
    expect((await errorOf(read(bytes("a,b\n1,x"), options))).code).toBe("SOURCE_INCOMPLETE");
  },
);

test("half a surrogate pair in UTF-16 is a reject, with its bytes as they stood", async () => {
  const bytes = Buffer.from("a,b\n1,\ud83d\n2,\udc00x\n3,\ufffd\n", "utf16le");
  const { rows, rejects } = await read(bytes, { encoding: "utf-16le" });
  expect(rejects.map(({ code }) => code)).toEqual(["ROW_ENCODING", "ROW_ENCODING"]);
  expect(Buffer.from(rejects[0]?.raw ?? [])).toEqual(Buffer.from("1,\ud83d\n", "utf16le"));
  expect(Buffer.from(rejects[1]?.raw ?? [])).toEqual(Buffer.from("2,\udc00x\n", "utf16le"));
  expect(rows).toEqual([["3", "\ufffd"]]);
});

test("UTF-16 that ends within a character is corrupt", async () => {
  const bytes = Buffer.from("a,b\n1,2\n", "utf16le").subarray(0, -1);
  const error = await errorOf(read(bytes, { encoding: "utf-16le" }));
  expect(error.code).toBe("SOURCE_CORRUPT");
});

test.each(["shift_jis", "gb18030", "euc-kr", "big5"])(
  "%s: text, raw bytes, rejects",
  async (encoding) => {
    const line = iconv.encode("1,日本 (x)\n", encoding);
    const bad = Buffer.concat([iconv.encode("2,", encoding), Buffer.from([0xff, 0x0a])]);
    const bytes = Buffer.concat([iconv.encode("a,b\n", encoding), line, bad, line]);
    const { rows, records, rejects } = await read(bytes, { encoding });
    expect(rows).toEqual([
      ["1", "日本 (x)"],
      ["1", "日本 (x)"],
    ]);
    expect(Buffer.from(records[0]?.raw ?? [])).toEqual(line);
    expect(rejects.map(({ code, position }) => [code, position.record])).toEqual([
      ["ROW_ENCODING", 2],
    ]);
    // What stands for no character is a question mark in the reject file.
    expect(Buffer.from(rejects[0]?.raw ?? [])).toEqual(iconv.encode("2,?\n", encoding));
  },
);

test.each(["nope", "base64", "hex", "", "utf-7"])("%j is no encoding", async (encoding) => {
  expect((await errorOf(read("a\n", { encoding }))).code).toBe("SOURCE_ENCODING");
});

test("a UTF-8 byte order mark in the middle is data", async () => {
  expect((await read("a\n\ufeffx\n")).rows).toEqual([["\ufeffx"]]);
});

test("CESU-8 is read to its end, and a character that is cut there is a reject", async () => {
  const pair = "\xed\xa0\xbd\xed\xb8\x80";
  const whole = await read(Buffer.from(`a,b\n1,${pair}\n2,\xc3\xa9`, "latin1"), {
    encoding: "cesu-8",
  });
  const cut = await read(Buffer.from("a,b\n1,x\n2,\xc3", "latin1"), { encoding: "cesu-8" });

  expect(whole.rows).toEqual([
    ["1", "😀"],
    ["2", "é"],
  ]);
  expect([cut.rows, cut.rejects.map(({ code }) => code)]).toEqual([[["1", "x"]], ["ROW_ENCODING"]]);
});
