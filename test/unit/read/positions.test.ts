/** A bad record is one reject and moves nothing after it. */
import { expect, test } from "vitest";
import type { ReadOptions } from "../../../src/read/source.ts";
import { read } from "./support.ts";

async function outline(content: string | Buffer, options: Partial<ReadOptions> = {}) {
  const { records, rejects } = await read(content, options);
  const good = records.map(({ position, values }) => ({ position, what: values.join("|") }));
  const bad = rejects.map(({ position, code }) => ({ position, what: code as string }));
  return [...good, ...bad]
    .toSorted((a, b) => a.position.record - b.position.record)
    .map(({ position, what }) => [position.record, ...position.line, ...position.byte, what]);
}

test("text after a closing quote, a quote within a field", async () => {
  expect(await outline('a,b\n"x"y,"1\n2"\nq"r,2\n3,4\n')).toEqual([
    [1, 2, 3, 4, 15, "ROW_QUOTES"],
    [2, 4, 4, 15, 21, "ROW_QUOTES"],
    [3, 5, 5, 21, 25, "3|4"],
  ]);
});

test("bytes that are not UTF-8", async () => {
  const content = Buffer.from('a,b\n1,\xff\n2,\xc3\xa9\n"\xe9",3\n4,5\n', "latin1");
  expect(await outline(content)).toEqual([
    [1, 2, 2, 4, 8, "ROW_ENCODING"],
    [2, 3, 3, 8, 13, "2|é"],
    [3, 4, 4, 13, 19, "ROW_ENCODING"],
    [4, 5, 5, 19, 23, "4|5"],
  ]);
});

test("a record over the limit, quoted or not", async () => {
  const long = "x".repeat(50);
  const content = `a,b\n1,${long}\n2,"${long}\n""${long}",\n3,4\n`;
  expect(await outline(content, { maxRecordBytes: 40 })).toEqual([
    [1, 2, 2, 4, 57, "ROW_TOO_LARGE"],
    [2, 3, 4, 57, 166, "ROW_TOO_LARGE"],
    [3, 5, 5, 166, 170, "3|4"],
  ]);
});

test("bad NDJSON lines", async () => {
  expect(await outline('{"a":1}\n\n{"a":\n[1]\r\n{"a":2}', { format: "ndjson" })).toEqual([
    [1, 1, 1, 0, 8, "1"],
    [2, 3, 3, 9, 15, "ROW_JSON"],
    [3, 4, 4, 15, 20, "ROW_NOT_OBJECT"],
    [4, 5, 5, 20, 27, "2"],
  ]);
});

test("bad elements of a JSON array", async () => {
  expect(await outline('[\n{"a":1},\n{"a":x},\n{"a":\n2}\n]', { format: "json" })).toEqual([
    [1, 2, 2, 2, 9, "1"],
    [2, 3, 3, 11, 18, "ROW_JSON"],
    [3, 4, 5, 20, 28, "2"],
  ]);
});
