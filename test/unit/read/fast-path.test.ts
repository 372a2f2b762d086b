/** Which records the fast path takes: that it comes back after records it leaves, and holds no more in memory than it must. */
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { fieldBytes, KIND_BITS } from "../../../src/model/packed.ts";
import type { RecordChunk } from "../../../src/model/record.ts";
import { openSource } from "../../../src/sources/open-source.ts";
import type { OpenSourceIo } from "../../../src/sources/open-source.ts";
import type { ReadOptions } from "../../../src/read/source.ts";
import { DEFAULTS } from "./support.ts";

const NDJSON = { format: "ndjson" } as const;

async function chunksOf(
  text: string | Buffer,
  options: Partial<ReadOptions> = {},
  io: OpenSourceIo = {},
): Promise<RecordChunk[]> {
  const stdin = Readable.from([Buffer.from(text)]);
  const source = await openSource("-", { ...DEFAULTS, ...options }, { ...io, stdin });
  const chunks: RecordChunk[] = [];
  for await (const chunk of source.chunks()) chunks.push(chunk);
  return chunks;
}

/** How many records each chunk has; below zero where it is not packed. */
function sizes(chunks: readonly RecordChunk[]): number[] {
  return chunks.map(({ packed, records, rejects }) =>
    packed === null ? -(records.length + rejects.length) : packed.records,
  );
}

function lines(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => `${line(at)}\n`).join("");
}

test("the places of a line's values, their kinds and their text", async () => {
  const text =
    '{"s":"x","e":"\\u00e9\\n\\ud83d\\ude00","n":-1.50,"t":true,"z":null,"o":{"a": [1]}}\n';
  const [chunk] = await chunksOf(text, NDJSON);
  const packed = chunk?.packed;
  expect(packed?.shape.fields).toEqual(["s", "e", "n", "t", "z", "o"]);
  if (packed === null || packed === undefined) return;
  const values = packed.shape.fields.map((_, at) => fieldBytes(packed, at)?.toString());
  expect(values).toEqual(["x", "é\n😀", "-1.50", "true", undefined, '{"a": [1]}']);
  const { text: string, number, boolean, json } = KIND_BITS;
  expect([...(packed.kinds ?? [])]).toEqual([string, string, number, boolean, 0, json]);
});

describe.each([
  { format: "csv", good: `a,"${"x".repeat(990)}"`, bad: `a,${"x".repeat(980)}"` },
  { format: "ndjson", good: `{"a":"${"x".repeat(990)}"}`, bad: `{"a":"${"x".repeat(980)}}` },
] as const)("$format", ({ format, good, bad }) => {
  const head = format === "csv" ? "a,b\n" : "";

  test("the fast path comes back after a record it leaves, though blocks end within records", async () => {
    const text = head + lines(5, (at) => (at === 1 ? bad : good)) + lines(10_000, () => good);
    const found = sizes(await chunksOf(text, { format }, { blockBytes: 64 * 1024 }));
    expect(found.filter((size) => size < 0).length).toBe(1);
    expect(found.reduce((sum, size) => sum + Math.abs(size), 0)).toBe(10_005);
  });

  test("records before one that is not text stay packed", async () => {
    const records = lines(300, (at) => (at === 200 ? good.replace("x", "?") : good));
    const broken = Buffer.from(head + records);
    broken[broken.indexOf("?")] = 0xff;
    const [first, second] = await chunksOf(broken, { format });
    expect(first?.packed?.records).toBe(200);
    expect(second?.rejects.map(({ code, position }) => [code, position.record])).toEqual([
      ["ROW_ENCODING", 201],
    ]);
  });

  test("a packed chunk has no more records than can be in memory at once", async () => {
    const short = format === "csv" ? "1,2" : '{"a":1}';
    const found = sizes(await chunksOf(head + lines(100_000, () => short), { format }));
    expect(Math.max(...found)).toBeLessThan(40_000);
    expect(found.reduce((sum, size) => sum + size, 0)).toBe(100_000);
  });
});

test.each([
  ["of a line each", "a,b\n1,2\n3,4\n5,6\n", [2, 3, 4, 5]],
  ["of which one has two lines", 'a,b\n1,"2\n"\n3,4\n5,6\n', [2, 4, 5, 6]],
  ["of which one has two lines and the last no end", 'a,b\n1,"2\n"\n3,4\n5,6', [2, 4, 5, 6]],
  ["with a carriage return", "a,b\r\n1,2\r\n3,4\r\n5,6\r\n", [2, 3, 4, 5]],
])("the line after each of several records %s", async (_, text, expected) => {
  const [chunk] = await chunksOf(text, { format: "csv" });
  expect(chunk?.packed?.records).toBe(3);
  expect([0, 1, 2, 3].map((count) => chunk?.offsetAfter?.(count).line)).toEqual(expected);
});

test("lines of two kinds in turns do not make a chunk each", async () => {
  const text = lines(5000, (at) => (at % 2 === 0 ? '{"a":1}' : '{"a":1,"b":2}'));
  expect((await chunksOf(text, NDJSON)).length).toBeLessThan(10);
});

test("a change of names begins another packed chunk", async () => {
  const text = lines(400, () => '{"a":1}') + lines(300, () => '{"a":1,"b":2}');
  expect(sizes(await chunksOf(text, NDJSON))).toEqual([400, 300]);
});

test("other white space is no other line", async () => {
  const text = '{"a":1,"b":"x"}\n{ "a" : 2 , "b" : "y" }\r\n\t{"b":1}\n';
  expect(sizes(await chunksOf(text, NDJSON))).toEqual([2, -1]);
});
