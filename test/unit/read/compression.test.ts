/** gzip and zstd: recognised, verified, bounded. */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openSource } from "../../../src/sources/open-source.ts";
import { DEFAULTS, drain, errorOf, file, readFileSource } from "./support.ts";

const CSV = `id,name\n${Array.from({ length: 5000 }, (_, at) => `${at},name ${(at * 7919) % 5000}\n`).join("")}`;

/** A zstd frame of one block; `checksum` goes behind it. */
function frame(block: Buffer, checksum: Buffer | null): Buffer {
  const descriptor = Buffer.from([checksum === null ? 0x00 : 0x04, 0x58]);
  const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
  return Buffer.concat([magic, descriptor, block, checksum ?? Buffer.alloc(0)]);
}

function block(type: 0 | 1, size: number, content: Buffer, last: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type << 1) | (last ? 1 : 0), 0, 3);
  return Buffer.concat([header, content]);
}

function rawFrame(text: string, checksum: string | null = null): Buffer {
  const content = Buffer.from(text);
  const sum = checksum === null ? null : Buffer.from(checksum, "hex");
  return frame(block(0, content.length, content, true), sum);
}

test("gzip of several members", async () => {
  const half = CSV.indexOf("\n", 20_000) + 1;
  const bytes = Buffer.concat([gzipSync(CSV.slice(0, half)), gzipSync(CSV.slice(half))]);
  const path = await file("members.csv.gz", bytes);
  const { source, records } = await readFileSource(path);
  expect(records).toHaveLength(5000);
  expect([source.compression, source.format]).toEqual(["gzip", "csv"]);
  expect([source.sizeBytes, source.bytesRead]).toEqual([bytes.length, bytes.length]);
  expect(records.at(-1)?.position.byte[1]).toBe(CSV.length);
});

test.each([
  ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 9)],
  ["with a wrong bit", (bytes: Buffer) => flipped(bytes, bytes.length >> 1)],
  ["with a wrong checksum", (bytes: Buffer) => flipped(bytes, bytes.length - 6)],
  ["followed by something else", (bytes: Buffer) => Buffer.concat([bytes, Buffer.from("x")])],
  [
    "followed by zeros and one byte that is none",
    (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(512), Buffer.from("x")]),
  ],
])("gzip %s is corrupt", async (_, damage) => {
  const path = await file("damaged.csv.gz", damage(gzipSync(CSV)));
  const error = await errorOf(readFileSource(path));
  expect(error.code).toBe("SOURCE_CORRUPT");
  expect(error.message).toContain(path);
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

test("zstd frames one after the other, skippable ones among them", async () => {
  const skippable = Buffer.from("502a4d18030000000a0b0c", "hex");
  const bytes = Buffer.concat([rawFrame("id,name\n"), skippable, rawFrame("1,a\n"), rawFrame("")]);
  const { rows, source } = await readFileSource(await file("frames.csv.zst", bytes));
  expect(source.compression).toBe("zstd");
  expect(rows).toEqual([["1", "a"]]);
});

test("a zstd block of one byte again and again is as long as its content, not as what it stands for", async () => {
  const blocks = [
    block(0, 3, Buffer.from("id\n"), false),
    block(1, 3, Buffer.from("7"), false),
    block(0, 1, Buffer.from("\n"), true),
  ];
  const bytes = Buffer.concat([frame(Buffer.concat(blocks), null), rawFrame("8\n")]);
  const { rows } = await readFileSource(await file("again.csv.zst", bytes));
  expect(rows).toEqual([["777"], ["8"]]);
});

test("a zstd frame without a checksum may follow one that has it", async () => {
  const bytes = Buffer.concat([rawFrame("id\n1\n", "ed80b572"), rawFrame("2\n")]);
  const { rows } = await readFileSource(await file("mixed.csv.zst", bytes));
  expect(rows).toEqual([["1"], ["2"]]);
});

test("a zstd frame that says its length has no window: its bytes are those of the length", async () => {
  // As `zstd` writes small files: the length in one byte, and a checksum perhaps.
  const text = `id\n${"7\n".repeat(114)}`;
  const content = Buffer.from(text);
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, content.length]);
  const bytes = Buffer.concat([head, block(0, content.length, content, true), rawFrame("8\n")]);
  const { rows } = await readFileSource(await file("single.csv.zst", bytes));
  expect([content.length, rows.length]).toEqual([231, 115]);
});

test("a zstd frame whose window is an eighth more than 128 MiB is refused for it", async () => {
  const content = block(0, 5, Buffer.from("id\n1\n"), true);
  const bytes = Buffer.concat([Buffer.from("28b52ffd0089", "hex"), content]);
  const error = await errorOf(readFileSource(await file("window.csv.zst", bytes)));
  expect([error.code, error.why]).toEqual([
    "SOURCE_CORRUPT",
    expect.stringContaining("it needs a window of more than 128 MiB"),
  ]);
});

test.each([
  // XXH64 of the content, its low 32 bits, little endian: from `zstd --check`.
  ["id\n1\n", "ed80b572"],
  ["id\n" + "0123456789abcdef".repeat(8) + "\n", "27b87f43"],
])("the checksum of %.10j", async (text, checksum) => {
  const right = await readFileSource(await file("right.csv.zst", rawFrame(text, checksum)));
  expect(right.records).toHaveLength(1);
  const wrong = rawFrame(text.replace("1", "2"), checksum);
  const error = await errorOf(readFileSource(await file("wrong.csv.zst", wrong)));
  expect(error.code).toBe("SOURCE_CORRUPT");
});

test.each([
  ["cut short", rawFrame(CSV.slice(0, 9000)).subarray(0, 5000)],
  ["followed by something else", Buffer.concat([rawFrame("id\n1\n"), Buffer.from("garbage")])],
  ["with a window of 2 GiB", Buffer.from("28b52ffd00a8", "hex")],
  ["with a block of no type", frame(Buffer.from([0x0f, 0, 0, 1]), null)],
])("zstd %s is corrupt", async (_, bytes) => {
  const path = await file("damaged.csv.zst", bytes);
  const error = await errorOf(readFileSource(path));
  expect(error.code).toBe("SOURCE_CORRUPT");
});

test.each([
  ["zst", rawFrame("id\n1\n"), rawFrame("2\n")],
  ["zst", rawFrame("id\n1\n"), Buffer.from("502a4d18030000000a0b0c", "hex")],
  ["gz", gzipSync("id\n1\n"), gzipSync("2\n")],
])(
  "a further part of a .%s that is cut short at any byte is not passed over",
  async (ending, one, more) => {
    for (let bytes = 1; bytes < more.length; bytes += 1) {
      const cut = Buffer.concat([one, more.subarray(0, bytes)]);
      const error = await errorOf(readFileSource(await file(`cut${bytes}.csv.${ending}`, cut)));
      expect(error.code, `after ${bytes} bytes`).toBe("SOURCE_CORRUPT");
    }
    const whole = await readFileSource(
      await file(`whole.csv.${ending}`, Buffer.concat([one, more])),
    );
    expect(whole.rows[0]).toEqual(["1"]);
  },
);

async function bombError(path: string) {
  const before = process.memoryUsage().rss;
  let most = before;
  const source = await openSource(path, { ...DEFAULTS, maxRecordBytes: 1024 * 1024 });
  const error = await errorOf(
    (async () => {
      for await (const chunk of source.chunks()) {
        most = Math.max(most, process.memoryUsage().rss, chunk.records.length);
      }
    })(),
  );
  return { error, grown: most - before };
}

test("a gzip bomb stops at its ratio", async () => {
  const lines = Buffer.concat([
    Buffer.from("a\n"),
    Buffer.alloc(100 * 1024 * 1024, `${"0".repeat(1023)}\n`),
  ]);
  const { error, grown } = await bombError(await file("bomb.csv.gz", gzipSync(lines)));
  expect(error.code).toBe("SOURCE_CORRUPT");
  expect(error.why).toContain("200-fold");
  expect(grown).toBeLessThan(300 * 1024 * 1024);
});

test("a zstd bomb stops at its ratio", async () => {
  const repeat = block(1, 128 * 1024, Buffer.from("0"), false);
  const blocks = Array.from({ length: 4000 }, () => repeat);
  const end = block(0, 0, Buffer.alloc(0), true);
  const bytes = frame(
    Buffer.concat([block(0, 2, Buffer.from("a\n"), false), ...blocks, end]),
    null,
  );
  const { error } = await bombError(await file("bomb.csv.zst", bytes));
  expect(error.code).toBe("SOURCE_CORRUPT");
  expect(error.why).toContain("200-fold");
});

test("data that compresses well but not that well is read", async () => {
  const text = `a\n${"0,1\n".repeat(1000)}`;
  const path = await file("well.csv.gz", gzipSync(text));
  const options = { ...DEFAULTS, header: false, extraFields: "ignore" } as const;
  const { records } = await drain(await openSource(path, options));
  expect(records).toHaveLength(1001);
});

test("what is small may have been compressed as well as it likes", async () => {
  const text = `a,b\n${"0,1\n".repeat(100_000)}`;
  const bytes = gzipSync(text);
  expect(text.length / bytes.length).toBeGreaterThan(200);
  const { records } = await readFileSource(await file("small.csv.gz", bytes));
  expect(records).toHaveLength(100_000);
});
