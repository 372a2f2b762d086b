/** The list of formats, and that one more takes a folder and a line: here a format of bytes that no text could be. */
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { RecordChunk } from "../../../src/model/record.ts";
import type { FormatReader, ReaderInput } from "../../../src/read/format-reader.ts";
import type { Format } from "../../../src/read/format.ts";
import { FORMAT_NAMES, FORMATS } from "../../../src/read/formats.ts";
import { openSource } from "../../../src/sources/open-source.ts";
import { DEFAULTS, drain, file } from "./support.ts";

test("every format has a choice of --format, and no two claim an extension", () => {
  const extensions = FORMATS.flatMap((format) => [...format.extensions]);

  expect(FORMATS.map(({ name }) => name).toSorted()).toEqual([...FORMAT_NAMES].toSorted());
  expect(new Set(extensions).size).toBe(extensions.length);
});

/** Records of one field, each behind a byte that says how long it is. */
const LENGTHS: Format = {
  name: "lengths",
  extensions: ["len"],
  wants: "bytes",
  begins: (head) => head[0] === 0xff && head.length > 1,
  open: async (input) => await Promise.resolve(readLengths(input)),
};

function readLengths({ name, feed, first }: ReaderInput): FormatReader {
  let records = 0;
  async function* chunks(): AsyncGenerator<RecordChunk> {
    let block = first;
    while (!block.last) block = await feed.next(block.bytes);
    for (let at = 0; at < block.bytes.length;) {
      const end = at + 1 + (block.bytes[at] ?? 0);
      records += 1;
      const position = { source: name, record: records, line: [1, 1], byte: [at, end] } as const;
      const raw = block.bytes.subarray(at, end);
      const values = [raw.subarray(1).toString("latin1")];
      const record = { shape: { fields: ["v"] }, values, kinds: null, position, raw };
      yield { records: [record], rejects: [], packed: null, offsetAfter: null };
      at = end;
    }
  }
  return {
    fields: ["v"],
    header: null,
    headerFields: null,
    preamble: Buffer.alloc(0),
    lineEnd: null,
    slowPathReason: "its records are bytes",
    chunks,
    ending: () => ({ records, unfinished: null, passedLines: 0 }),
    skipTo: async () => await Promise.resolve("reached" as const),
  };
}

const FIRST = "x".repeat(0xff - 1);

// It begins as UTF-16 does, whose byte order mark would be dropped, and what follows decoded.
const BYTES = Buffer.from(`\xff\xfe${FIRST}\x03\xef\xbb\xbf\x00`, "latin1");

test.each(["by its name", "by its first bytes"])("bytes are left as they are: %s", async (how) => {
  const formats = [LENGTHS, ...FORMATS];
  const options = { ...DEFAULTS, format: null };
  const path = how === "by its name" ? await file("in.len", BYTES) : "-";
  const stdin = Readable.from([BYTES.subarray(0, 100), BYTES.subarray(100)]);
  const { source, rows } = await drain(await openSource(path, options, { stdin, formats }));

  expect(source.format).toBe("lengths");
  expect(rows).toEqual([[`\xfe${FIRST}`], ["\xef\xbb\xbf"], [""]]);
});
