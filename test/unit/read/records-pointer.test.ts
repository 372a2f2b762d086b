/** `--records`: the elements of one array of a document, as JSON.parse finds them, wherever blocks and documents end. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePointer, pointerOf } from "../../../src/model/json/json-pointer.ts";
import type { SourceRecord } from "../../../src/model/record.ts";
import { openSource } from "../../../src/sources/open-source.ts";
import type { ReadOptions, Source } from "../../../src/read/source.ts";
import { OTHERWISE } from "../../helpers/reading-paths/inputs.ts";
import { timesOf } from "../../tiers/tiers.ts";

const RUNS = { numRuns: timesOf("reading paths") };

interface Found {
  readonly records: readonly SourceRecord[];
  readonly error: { readonly code: string; readonly fix: string; readonly why: string } | null;
}

async function opened(
  bytes: Buffer,
  pointer: string,
  more: Partial<ReadOptions>,
  blockBytes: number,
): Promise<Source> {
  const options: ReadOptions = {
    ...OTHERWISE,
    format: "json",
    records: { parts: parsePointer(pointer) ?? [] },
    ...more,
  };
  const stdin = Readable.from([bytes]);
  return await openSource("-", options, {
    stdin,
    blockBytes,
    firstBytes: blockBytes,
    hashed: true,
  });
}

async function recordsOf(source: Source): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const chunk of source.chunks()) records.push(...chunk.records);
  return records;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function read(
  bytes: Buffer,
  pointer: string,
  more: Partial<ReadOptions> = {},
  blockBytes = 65_536,
): Promise<Found> {
  const records: SourceRecord[] = [];
  try {
    const source = await opened(bytes, pointer, more, blockBytes);
    for await (const chunk of source.chunks()) records.push(...chunk.records);
    return { records, error: null };
  } catch (error) {
    return { records, error: error as NonNullable<Found["error"]> };
  }
}

const value = fc.jsonValue({ maxDepth: 3 });
const element = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }), {
  maxKeys: 3,
});
const name = fc.oneof(
  fc.constantFrom("data", "items", "a/b", "m~n", 'q"\\', "é", "0"),
  fc.string(),
);

/** A document, the pointer to its records, and they. */
const document = fc
  .record({
    way: fc.array(fc.oneof(name, fc.nat(2)), { minLength: 1, maxLength: 3 }),
    elements: fc.array(element, { maxLength: 5 }),
    noise: fc.array(fc.tuple(fc.string({ maxLength: 3 }), value), { maxLength: 3 }),
    spaces: fc.constantFrom(undefined, 1, "\t\r\n"),
    last: fc.boolean(),
  })
  .map(({ way, elements, noise, spaces, last }) => {
    const whole = way.reduceRight<unknown>((inner, part) => {
      if (typeof part === "number")
        return [...Array(part).keys(), inner, ...noise.map(([, v]) => v)];
      const others = noise.filter(([key]) => key !== part && key !== "__proto__");
      const own = part === "__proto__" ? [] : [[part, inner] as const];
      return Object.fromEntries(last ? [...others, ...own] : [...own, ...others]);
    }, elements);
    const text = JSON.stringify(whole, null, typeof spaces === "string" ? 1 : spaces);
    return { text, pointer: pointerOf(way.map(String)), elements, way };
  })
  // An array at the top is one of records, whatever the pointer says.
  .filter(({ text, way }) => !text.startsWith("[") && !way.includes("__proto__"));

describe("the records of a document", () => {
  test("are its elements, at their places, whatever is around them", async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.integer({ min: 1, max: 40 }), async (made, blockBytes) => {
        const { text, pointer, elements } = made;
        const bytes = Buffer.from(text);

        const { records, error } = await read(bytes, pointer, {}, blockBytes);

        expect(error).toBeNull();
        const found = records.map(
          ({ position }) => JSON.parse(bytes.subarray(...position.byte).toString()) as unknown,
        );
        expect(found).toEqual(JSON.parse(JSON.stringify(elements)));
        expect(records.map(({ position }) => position.record)).toEqual(
          [...found.keys()].map((at) => at + 1),
        );
      }),
      RUNS,
    );
  });

  test("are never those of a document that was cut", async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.nat(), async ({ text, pointer }, cut) => {
        const bytes = Buffer.from(text);
        const length = 1 + (cut % Math.max(1, bytes.length - 1));
        if (length >= bytes.length) return;

        const { error } = await read(bytes.subarray(0, length), pointer);

        expect(error?.code).toMatch(/^SOURCE_(CORRUPT|RECORDS)$/);
      }),
      RUNS,
    );
  });

  test("of several documents come in turn", async () => {
    const text =
      '{"data":[{"id":1}],"next":2}\n{"data":[]}\n[{"id":2}]{"x":[9],"data":[{"id":3}]}\n';

    const { records, error } = await read(Buffer.from(text), "/data");

    expect(error).toBeNull();
    expect(records.map(({ values, position }) => [values, position.line])).toEqual([
      [["1"], [1, 1]],
      [["2"], [3, 3]],
      [["3"], [3, 3]],
    ]);
  });

  test.each([2, 65_536])("go on behind any of them, blocks of %i", async (blockBytes) => {
    const bytes = Buffer.from(
      '{"data":[{"id":1},{"id":2}],"a":[7]}\n[{"id":3},\n{"id":4}]{"x":[9],"data":[{"id":5}],"b":1}\n[{"id":6}]\n',
    );
    const open = async (): Promise<Source> => await opened(bytes, "/data", {}, blockBytes);
    const first = await open();
    const all = await recordsOf(first);
    expect(all).toHaveLength(6);
    for (const [at, { position }] of all.entries()) {
      const offset = first.offsetAfter(position);
      const source = await open();

      expect(await source.skipTo(offset)).toBe("reached");
      expect(source.prefix?.digest(offset.byte)).toBe(sha256(bytes.subarray(0, offset.byte)));
      expect(await recordsOf(source)).toEqual(all.slice(at + 1));
    }
    const end = await open();
    expect(await end.skipTo({ byte: bytes.length, record: 6, line: 5 })).toBe("reached");
    const other = await open();
    expect(await other.skipTo({ byte: bytes.length + 1, record: 9, line: 9 })).toBe("short");
  });

  test("have their bytes in brackets for a reject file, which the same pointer reads", async () => {
    const { records } = await read(Buffer.from('{"data":[{"id":1},{"id":2}]}'), "/data");
    const raw = Buffer.concat(records.map((record) => record.raw));

    expect(raw.toString()).toBe('[{"id":1}][{"id":2}]');
    expect((await read(raw, "/data")).records).toHaveLength(2);
  });
});

describe("what is no such document", () => {
  test.each([
    ['{"data":{"items":[{"id":1}]}}', "/data", "SOURCE_RECORDS", "pass --records /data/items"],
    ['{"data":null}', "/data", "SOURCE_RECORDS", "correct --records"],
    ['{"data":[{}]', "/data", "SOURCE_CORRUPT", "get the file again"],
    ['{"data":[{}]}]', "/data", "SOURCE_CORRUPT", "get the file again"],
    ['{"data":[{}],"data":[{}]}', "/data", "SOURCE_CORRUPT", "get the file again"],
    [
      '{"a":[{}],"b":{"c d":[{}]}}',
      "/x",
      "SOURCE_RECORDS",
      "pass --records /a or --records '/b/c d'",
    ],
    // An array in another one has no pointer that serves all of its elements.
    ['{"a":[{"b":[{}]}]}', "/x", "SOURCE_RECORDS", "pass --records /a"],
    // Of the document that lacks it, and of none before.
    ['{"a":[{}],"data":[{}]}{"b":[{}]}', "/data", "SOURCE_RECORDS", "pass --records /b"],
    ["null", "/data", "SOURCE_CORRUPT", "get the file again"],
    ['"data"', "/data", "SOURCE_CORRUPT", "get the file again"],
  ])("%s with --records %s", async (text, pointer, code, fix) => {
    const { error } = await read(Buffer.from(text), pointer);

    expect([error?.code, error?.fix]).toEqual([code, expect.stringContaining(fix)]);
    const named = fix.split("--records ").length;
    expect(error?.fix.split("--records ").length).toBe(named);
  });

  test("an empty source has no records", async () => {
    expect(await read(Buffer.from(" \n"), "/data")).toEqual({ records: [], error: null });
  });
});

test.each(["data", "/a~2", "~"])("%j is no pointer", (text) => {
  expect(parsePointer(text)).toBeNull();
});
