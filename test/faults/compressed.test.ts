/** Compressed sources that are damaged: found before the first commit, wherever the damage is. */
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import xxhash from "xxhash-wasm";
import { verifyCompressed } from "../../src/read/bytes/verify-compressed.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { attempt, csv, numbers } from "../helpers/stream-load.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const [sqlite, postgres] = ["sqlite", "postgres"].map((each) =>
  ENGINES.find(({ name }) => name === each),
);
if (sqlite === undefined || postgres === undefined) throw new Error("an engine is missing");

/** Texts that hardly repeat, so that deflate makes many blocks of them. */
const TEXT = `k,n,s\n${Array.from({ length: 30_000 }, (_, at) => {
  const text = Math.imul(at, 0x9e3779b1).toString(36);
  return `${at},${at % 50},${text}${text}\n`;
}).join("")}`;
const WHOLE = gzipSync(TEXT, { level: 1 });
const MIDDLE = WHOLE.length >> 1;

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = at < 0 ? bytes.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 0x10;
  return copy;
}

/** A gzip header with all that it may have: a comment, a name, an extra field, a checksum of its own. */
function fullHeader(): Buffer {
  const flags = 0x04 | 0x08 | 0x10;
  const fixed = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]);
  const extra = Buffer.from([4, 0, 1, 2, 3, 4]);
  const header = Buffer.concat([fixed, extra, Buffer.from("in.csv\0a comment\0", "latin1")]);
  return Buffer.concat([header, WHOLE.subarray(10)]);
}

const hashes = await xxhash();

/** A zstd frame of raw blocks, with its content's checksum. */
function zstd(text: string): Buffer {
  const bytes = Buffer.from(text);
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58])];
  for (let at = 0; at === 0 || at < bytes.length; at += 100_000) {
    const content = bytes.subarray(at, at + 100_000);
    const header = Buffer.alloc(3);
    header.writeUIntLE((content.length << 3) | Number(at + 100_000 >= bytes.length), 0, 3);
    parts.push(header, content);
  }
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(Number(BigInt.asUintN(32, hashes.h64Raw(bytes))));
  return Buffer.concat([...parts, checksum]);
}

const FRAME = zstd(TEXT);
const zeros = (count: number): Buffer => Buffer.alloc(count);

const DAMAGED: readonly (readonly [string, string, Buffer])[] = [
  ["cut to nothing", "in.csv.gz", zeros(0)],
  ["cut within the magic", "in.csv.gz", WHOLE.subarray(0, 1)],
  ["cut after the magic", "in.csv.gz", WHOLE.subarray(0, 2)],
  ["cut within the header", "in.csv.gz", WHOLE.subarray(0, 9)],
  ["cut after the header", "in.csv.gz", WHOLE.subarray(0, 10)],
  ["cut within an extra field", "in.csv.gz", fullHeader().subarray(0, 14)],
  ["cut within a name", "in.csv.gz", fullHeader().subarray(0, 20)],
  ["cut within the first block", "in.csv.gz", WHOLE.subarray(0, 40)],
  ["cut in the middle", "in.csv.gz", WHOLE.subarray(0, MIDDLE)],
  ["cut before the trailer", "in.csv.gz", WHOLE.subarray(0, -8)],
  ["cut within the checksum", "in.csv.gz", WHOLE.subarray(0, -6)],
  ["cut before the length", "in.csv.gz", WHOLE.subarray(0, -4)],
  ["cut by one byte", "in.csv.gz", WHOLE.subarray(0, -1)],
  ["with a wrong bit in the header", "in.csv.gz", flipped(WHOLE, 2)],
  ["with a wrong bit in the middle", "in.csv.gz", flipped(WHOLE, MIDDLE)],
  ["with a wrong checksum", "in.csv.gz", flipped(WHOLE, -8)],
  ["with a wrong length", "in.csv.gz", flipped(WHOLE, -4)],
  ["with garbage behind it", "in.csv.gz", Buffer.concat([WHOLE, Buffer.from("garbage")])],
  ["with one byte behind it", "in.csv.gz", Buffer.concat([WHOLE, Buffer.from([1])])],
  ["with a second member cut", "in.csv.gz", Buffer.concat([WHOLE, WHOLE.subarray(0, 30)])],
  ["with garbage after zeros", "in.csv.gz", Buffer.concat([WHOLE, zeros(9), Buffer.from("x")])],
  // zlib would pass over it without a word.
  ["with a member after zeros", "in.csv.gz", Buffer.concat([WHOLE, zeros(512), WHOLE])],
  ["cut to nothing", "in.csv.zst", zeros(0)],
  ["cut within the magic", "in.csv.zst", FRAME.subarray(0, 3)],
  ["cut within the header", "in.csv.zst", FRAME.subarray(0, 5)],
  ["cut in the middle", "in.csv.zst", FRAME.subarray(0, FRAME.length >> 1)],
  ["cut between two blocks", "in.csv.zst", FRAME.subarray(0, 6 + 3 + 100_000)],
  ["cut before the checksum", "in.csv.zst", FRAME.subarray(0, -4)],
  ["with a wrong bit in the middle", "in.csv.zst", flipped(FRAME, FRAME.length >> 1)],
  ["with a wrong checksum", "in.csv.zst", flipped(FRAME, -1)],
  ["with garbage behind it", "in.csv.zst", Buffer.concat([FRAME, Buffer.from("garbage")])],
  ["with zeros behind it", "in.csv.zst", Buffer.concat([FRAME, zeros(9)])],
];

const CORRUPT = { exit: 4, code: "SOURCE_CORRUPT", read: 0, keys: [] };
const PARTS = ["--commit", "500", "-b", "250"];

describe("a damaged file", () => {
  const database = useDatabase(sqlite);

  test("is long enough for rows to come before the damage", () => {
    expect(TEXT.length).toBeGreaterThan(512 * 1024);
    expect(gunzipSync(WHOLE).toString()).toBe(TEXT);
  });

  test.each(DAMAGED)("%s: nothing of %s is committed in parts", async (_, name, bytes) => {
    const tried = await attempt(database, { files: { [name]: bytes } }, PARTS);

    expect(tried, tried.output).toMatchObject(CORRUPT);
    expect(tried.fix).toContain("get the file again");
  });

  test.each(DAMAGED)("%s: nothing of %s is committed at the end", async (_, name, bytes) => {
    const tried = await attempt(database, { files: { [name]: bytes } }, []);

    // A wrong bit may make a record that is rejected before the damage is seen.
    expect(["SOURCE_CORRUPT", "REJECT_LIMIT"]).toContain(tried.code);
    expect(tried, tried.output).toMatchObject({ exit: 4, keys: [] });
  });

  test.each([
    ["after others", "b.csv.gz"],
    ["before others", "a.csv.gz"],
  ])("%s: nothing of them is committed", async (_, name) => {
    const damaged = { [name]: flipped(WHOLE, MIDDLE) };
    const files =
      name < "aa" ? { ...damaged, "aa.csv": csv(2000) } : { "aa.csv": csv(2000), ...damaged };

    const tried = await attempt(database, { files }, PARTS);

    expect(tried, tried.output).toMatchObject(CORRUPT);
  });

  test("is read in full though a limit would not", async () => {
    const files = { "in.csv.gz": flipped(WHOLE, -8) };

    const tried = await attempt(database, { files }, [...PARTS, "--limit", "600"]);

    expect(tried, tried.output).toMatchObject(CORRUPT);
  });

  test("that grows too much is met as well", async () => {
    const folder = tempDir({ "bomb.csv.gz": gzipSync(zeros(70 * 1024 * 1024), { level: 9 }) });

    const verified = verifyCompressed(`${folder}/bomb.csv.gz`, new AbortController().signal);

    await expect(verified).rejects.toMatchObject({
      code: "SOURCE_CORRUPT",
      why: expect.stringContaining("200-fold"),
    });
  });

  test("is left at once when the load is stopped", async () => {
    const folder = tempDir({ "in.csv.gz": WHOLE });

    const verified = verifyCompressed(`${folder}/in.csv.gz`, AbortSignal.abort("stopped"));

    await expect(verified).rejects.toBe("stopped");
  });
});

describe("several writers", () => {
  const database = useDatabase(postgres);

  test("write nothing of a damaged file", async () => {
    const files = { "in.csv.gz": flipped(WHOLE, -8) };

    const tried = await attempt(database, { files }, [
      "--writers",
      "2",
      "--commit",
      "2000",
      "-b",
      "500",
    ]);

    expect(tried, tried.output).toMatchObject(CORRUPT);
  });
});

describe("a compressed stream in parts", () => {
  const database = useDatabase(sqlite);
  const warning = "standard input is a compressed stream: damage in it shows only";

  test("cannot be verified before: the report warns, and counts what stays", async () => {
    const tried = await attempt(database, { stdin: flipped(WHOLE, -8) }, PARTS);

    expect(tried, tried.output).toMatchObject({ exit: 4, code: "SOURCE_CORRUPT" });
    expect(tried.warnings).toEqual([expect.stringContaining(warning)]);
    // Rows came before the damage was seen: this is what a file is verified for.
    expect(tried.read).toBeGreaterThan(0);
    expect(tried.keys).toEqual(numbers(tried.read));
    expect(tried.fix).toContain("records are committed and stay");
  });

  test("warns of nothing in one transaction, or when it is not compressed", async () => {
    const together = await attempt(database, { stdin: gzipSync(csv(9)) }, []);
    const plain = await attempt(database, { stdin: csv(9) }, PARTS);
    const dry = await attempt(database, { stdin: gzipSync(csv(9)) }, [...PARTS, "--dry-run"]);

    for (const { exit, warnings } of [together, plain, dry]) {
      expect({ exit, warnings }).toEqual({ exit: 0, warnings: [] });
    }
  });
});

describe("a sound file", () => {
  const database = useDatabase(sqlite);
  const nine = gzipSync(csv(9));

  test.each<[string, string, Buffer | string, number]>([
    ["of several members", "in.csv.gz", Buffer.concat([nine, gzipSync("9,1,x\n")]), 10],
    ["with zeros behind it, as tapes have them", "in.csv.gz", Buffer.concat([nine, zeros(512)]), 9],
    ["with many zeros behind it", "in.csv.gz", Buffer.concat([nine, zeros(600_000)]), 9],
    ["of nothing", "in.csv.gz", gzipSync(""), 0],
    ["that is named .gz and is plain text", "in.csv.gz", csv(9), 9],
    ["that is compressed and not named so", "in.csv", nine, 9],
    ["of several frames", "in.csv.zst", Buffer.concat([zstd(csv(9)), zstd("9,1,x\n")]), 10],
    ["of one empty frame", "in.csv.zst", zstd(""), 0],
    ["of many blocks", "in.csv.zst", FRAME, 30_000],
  ])("%s is loaded", async (_, name, bytes, records) => {
    const tried = await attempt(database, { files: { [name]: bytes } }, PARTS);

    expect(tried, tried.output).toMatchObject({ exit: 0, read: records, keys: numbers(records) });
  });
});
