/** A quote that is not closed is a fault of the source: the records before it are read, and nothing after it is. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import { openSource } from "../../../src/sources/open-source.ts";
import type { ReadOptions } from "../../../src/read/source.ts";
import { DEFAULTS, errorOf, file, read } from "./support.ts";

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, at) => `${from + at},n${from + at}\n`).join("");

async function faultOf(content: string | Buffer, options: Partial<ReadOptions> = {}) {
  const { code, why, fix, where } = await errorOf(read(content, options));
  expect(code).toBe("SOURCE_QUOTE");
  return { why, fix, where };
}

test("open at the end of the source: where it opens, what it takes, and the way to read it", async () => {
  const content = `a,b\n1,x\n2,"5 ft\n${lines(3, 9)}`;
  expect(await faultOf(content)).toEqual({
    why: "the quote that opens in line 3 is not closed, and takes all the rest of the source: 8 lines, 41 bytes",
    fix: "close the quote in line 3, or double it where it is data; or pass --quote '' if quotes mean nothing in this source",
    where: "standard input, line 3",
  });
  const { rows } = await read(content, { quote: null });
  expect(rows[1]).toEqual(["2", '"5 ft']);
  expect(rows).toHaveLength(9);
});

test.each([
  ["the last line", 'a,b\n1,"x', {}, "the rest of it: 1 line, 2 bytes"],
  ["the last line, ended", 'a,b\n1,"x\n', {}, "the rest of it: 1 line, 3 bytes"],
  ["CRLF", 'a,b\r\n1,"x\r\n2,y\r\n', {}, "2 lines, 9 bytes"],
  ["an escaped quote", 'a,b\n1,"x\\"\n2,y\n', { escape: "\\" }, "2 lines, 9 bytes"],
  ["an escape at the very end", 'a,b\n1,"x\\', { escape: "\\" }, "1 line, 3 bytes"],
  ["a field that opens twice", 'a,b\n"1\n","x\n2,y\n', {}, "opens in line 3 "],
  ["the header", 'a,"b\n1,x\n', {}, "opens in line 1 "],
  ["no header", '"1,x\n2,y\n', { header: false, columns: ["a", "b"] }, "opens in line 1 "],
  ["latin1", Buffer.from('a,b\n1,"\xe9\n', "latin1"), { encoding: "latin1" }, "1 line, 3 bytes"],
  ["gzip", gzipSync('a,b\n1,"x\n2,y\n'), {}, "2 lines, 7 bytes"],
  ["a record over its limit", `a,b\n1,"${"x\n".repeat(90)}`, { maxRecordBytes: 20 }, "90 lines"],
] as const)("%s", async (_, content, options, expected) => {
  const { why, fix } = await faultOf(Buffer.from(content), options);
  expect(why).toContain(expected);
  // --quote '' is refused beside --escape.
  expect(fix.includes("without --escape")).toBe("escape" in options);
});

test("in a job its flag wants --reset-job, and is not said where the job may have committed", async () => {
  const { fixOfJob } = await errorOf(read('a,b\n1,"x\n', {}));
  const close = "close the quote in line 2, or double it where it is data";
  expect(fixOfJob).toEqual({
    begun: `${close}; or pass --quote '' --reset-job if quotes mean nothing in this source`,
    unknown: close,
  });
});

test("the records before it are handed out, and a limit before it does not meet it", async () => {
  const path = await file("open.csv", `a,b\n${lines(1, 120)}121,"x\n${lines(122, 400)}`);
  const seen: number[] = [];
  let error: unknown = null;
  try {
    const source = await openSource(path, DEFAULTS);
    for await (const { records, rejects } of source.chunks()) {
      seen.push(...records.map(({ position }) => position.record));
      expect(rejects).toEqual([]);
    }
  } catch (caught) {
    error = caught;
  }
  expect((error as UpsurgeError).where).toBe(`${path}, line 122`);
  expect(seen).toEqual(Array.from({ length: 120 }, (_, at) => at + 1));
  const limited = await openSource(path, { ...DEFAULTS, limit: 120 });
  let count = 0;
  for await (const { records } of limited.chunks()) count += records.length;
  expect(count).toBe(120);
});

describe("--max-record-lines", () => {
  test("finds it early, wherever a later quote closes it", async () => {
    const options = { maxRecordLines: 10 };
    const content = `a,b\n1,"x\n${lines(2, 50)}51,"\n`;
    const { why, fix } = await faultOf(content, options);
    expect(why).toBe(
      "the quote that opens in line 2 is still open after 10 lines, 50 bytes (--max-record-lines)",
    );
    expect(fix).toContain("--max-record-lines N if a record of this source does have more than 10");
  });

  test("a record of as many lines is read", async () => {
    const field = Array.from({ length: 10 }, () => "x").join("\n");
    const content = `a,b\n1,"${field}"\n2,y\n`;
    expect((await read(content, { maxRecordLines: 10 })).rows).toEqual([
      ["1", field],
      ["2", "y"],
    ]);
    expect((await faultOf(content, { maxRecordLines: 9 })).why).toContain("after 9 lines");
  });
});

test("a quote that the next one closes, with whole lines between them and text behind", async () => {
  const { why } = await faultOf('a,b\n1,"5 ft\n2,x\n3,y\n4,"6 ft"\n5,z\n');
  expect(why).toBe(
    "the quote that opens in line 2 has its end 3 lines later, and text follows there: it seems not to be closed",
  );
});

test("text after a closing quote of the same line or the next is a reject of that record", async () => {
  const { rows, rejects } = await read('a,b\n1,"x"y\n2,"5 ft\n3,"6 ft"\n4,z\n');
  expect(rows).toEqual([["4", "z"]]);
  expect(rejects.map(({ code, position }) => [code, position.line])).toEqual([
    ["ROW_QUOTES", [2, 2]],
    ["ROW_QUOTES", [3, 4]],
  ]);
});
