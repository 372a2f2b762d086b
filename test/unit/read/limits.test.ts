/** Records without end: one reject each, and memory that stays flat. */
import { Readable } from "node:stream";
import { beforeAll, expect, test } from "vitest";
import { openSource } from "../../../src/sources/open-source.ts";
import type { ReadOptions } from "../../../src/read/source.ts";
import { DEFAULTS } from "./support.ts";

const MIB = 1024 * 1024;

function* endless(before: string, filler: string, mib: number, after: string): Generator<Buffer> {
  yield Buffer.from(before);
  const piece = Buffer.alloc(MIB, filler);
  for (let count = 0; count < mib; count += 1) yield piece;
  yield Buffer.from(after);
}

async function measure(pieces: Iterable<Buffer>, options: Partial<ReadOptions>) {
  const stdin = Readable.from(pieces);
  const source = await openSource("-", { ...DEFAULTS, maxRecordBytes: MIB, ...options }, { stdin });
  const before = process.memoryUsage().rss;
  let most = before;
  const found: string[] = [];
  for await (const { records, rejects } of source.chunks()) {
    most = Math.max(most, process.memoryUsage().rss);
    found.push(...rejects.map(({ code, raw }) => `${code} ${raw === null}`));
    found.push(...records.map(({ values }) => values.join("|")));
  }
  return { found, grown: most - before };
}

// What the runtime itself takes for streams and compiled code is not what is measured.
beforeAll(async () => {
  await measure(endless("a,b\n1,", "x", 30, "\n2,3\n"), {});
});

const TOO_LARGE = "ROW_TOO_LARGE true";

test.each([
  ["a line", {}, endless("a,b\n1,", "x", 120, "\n2,3\n"), "2|3"],
  ["a line of delimiters", {}, endless("a,b\n1,", ",", 90, "\n2,3\n"), "2|3"],
  ["a quoted field", {}, endless('a,b\n1,"', "x,\n", 90, '"\n2,3\n'), "2|3"],
  ["a quote that is not closed", {}, endless('a,b\n2,3\n1,"', "x,\n", 90, ""), null],
  ["a comment", { comment: "#" }, endless("a,b\n#", "x", 120, "\n2,3\n"), "2|3"],
  ["NDJSON", { format: "ndjson" }, endless('{"a":"', "x", 120, '"}\n{"a":1}\n'), "1"],
  ["JSON", { format: "json" }, endless('[{"a":[', "[", 100, `"]},{"a":1}]`), null],
  ["JSON text", { format: "json" }, endless('[{"a":"', "}\n", 90, '"},{"a":1}]'), "1"],
] as const)("%s", async (name, options, pieces, good) => {
  if (good === null) {
    const code = name === "JSON" ? "SOURCE_CORRUPT" : "SOURCE_QUOTE";
    await expect(measure(pieces, options)).rejects.toMatchObject({ code });
    return;
  }
  const { found, grown } = await measure(pieces, options);
  expect(found.toSorted()).toEqual(name === "a comment" ? [good] : [good, TOO_LARGE].toSorted());
  expect(grown).toBeLessThan(80 * MIB);
});

test("a record of exactly the limit is read", async () => {
  const line = `1,${"x".repeat(98)}`;
  const options = { maxRecordBytes: 100 };
  for (const end of ["\n", "\r\n", ""]) {
    const { found } = await measure([Buffer.from(`a,b\n${line}${end}`)], options);
    expect(found).toEqual([line.replace(",", "|")]);
  }
  const { found } = await measure([Buffer.from(`a,b\n${line}x\r\n`)], options);
  expect(found).toEqual([TOO_LARGE]);
});
