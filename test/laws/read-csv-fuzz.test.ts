/** Laws of the CSV reader: csv-parse agrees, and how the bytes arrive changes nothing. */
import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { charsetOf } from "../../src/read/text/charset.ts";
import { CR, csvDialect, detectLineEnd, LF } from "../../src/read/csv/dialect.ts";
import { UpsurgeError } from "../../src/errors/upsurge-error.ts";
import type { ReadOptions } from "../../src/read/source.ts";
import { openSource } from "../../src/sources/open-source.ts";
import type { OpenSourceIo } from "../../src/sources/open-source.ts";
import type { SourceRecord } from "../../src/model/record.ts";
import type { Reject } from "../../src/model/reject.ts";
import { DEFAULTS, readPieces } from "../unit/read/support.ts";

const COLUMNS = Array.from({ length: 40 }, (_, index) => `c${index}`);

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", "bc", "12", " ", "é", "日", "😀", "#", "x\ty") },
  { weight: 3, arbitrary: fc.constantFrom(",", ";", "|") },
  { weight: 2, arbitrary: fc.constantFrom('"', '""', '","', '"\n', '\n"', "\\", '\\"') },
  { weight: 2, arbitrary: fc.constantFrom("\n", "\r\n", "\r") },
);
const quotedField = fc
  .array(fc.constantFrom("a", ",", "\n", "\r\n", '""', "\r", "é", " "), { maxLength: 5 })
  .map((parts) => `"${parts.join("")}"`);
const plainField = fc
  .array(fc.constantFrom("a", "1", "é", " "), { maxLength: 4 })
  .map((parts) => parts.join(""));
const tidy = fc
  .array(
    fc.tuple(
      fc.array(fc.oneof(quotedField, plainField), { minLength: 1, maxLength: 5 }),
      fc.constantFrom("\n", "\n", "\r\n", "\r"),
    ),
    { maxLength: 8 },
  )
  .map((records) => records.map(([fields, end]) => fields.join(",") + end).join(""));
const messy = fc.array(piece, { maxLength: 60 }).map((parts) => parts.join(""));
const text = fc.oneof(
  tidy,
  messy,
  fc.tuple(tidy, messy, tidy).map((parts) => parts.join("")),
);
const dialect = fc.record({
  delimiter: fc.constantFrom(",", ";", "|", "é"),
  quote: fc.constantFrom<(string | null)[]>('"', '"', null),
  escape: fc.constantFrom<(string | null)[]>(null, null, "\\"),
  trim: fc.boolean(),
});
type Dialect = typeof dialect extends fc.Arbitrary<infer T> ? T : never;

function optionsOf(chosen: Dialect): Partial<ReadOptions> {
  return {
    ...chosen,
    escape: chosen.quote === null ? null : chosen.escape,
    header: false,
    columns: COLUMNS,
    missingFields: "default",
    extraFields: "ignore",
    empty: "string",
  };
}

/** What csv-parse makes of the whole text; `null` when it refuses it. */
function byCsvParse(content: string, options: Partial<ReadOptions>): string[][] | null {
  const whole = { ...DEFAULTS, ...options };
  const bytes = csvDialect(whole, ",", charsetOf("utf-8"), LF);
  const isCr = detectLineEnd(bytes, { bytes: Buffer.from(content), last: true }) === CR;
  try {
    return parse(content, {
      delimiter: whole.delimiter ?? ",",
      quote: whole.quote,
      escape: whole.escape ?? whole.quote,
      trim: whole.trim,
      record_delimiter: isCr ? ["\r\n", "\r", "\n"] : ["\r\n", "\n"],
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch {
    return null;
  }
}

// csv-parse takes a quote that follows an empty quoted field and white space for an opening one.
const TRIM_QUIRK = /"\s+"/;

// With trim, csv-parse also takes a line of blanks for an empty line.
const shown = (row: readonly unknown[]): boolean => row.length > 1 || row[0] !== "";

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted(
    (a, b) => a - b,
  );
  const ends = [...at, bytes.length];
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

const cuts = fc.array(fc.nat(400), { maxLength: 12 });
const blockBytes = fc.constantFrom(1, 7, 64, 1024);

test("where csv-parse reads the whole text, the records are the same", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(text, dialect, cuts, blockBytes, async (content, chosen, places, block) => {
      const options = optionsOf(chosen);
      const expected = byCsvParse(content, options);
      if (expected === null || (chosen.trim && TRIM_QUIRK.test(content))) return;
      compared += 1;
      const io = { blockBytes: block };
      const { rows, rejects } = await readPieces(cut(Buffer.from(content), places), options, io);
      expect(rejects).toEqual([]);
      expect(rows.filter(shown)).toEqual(
        expected.filter(shown).map((row) => row.slice(0, COLUMNS.length)),
      );
    }),
    { numRuns: 1500 },
  );
  expect(compared).toBeGreaterThan(400);
});

/** What a source gave, up to the quote that is not closed if there is one. */
interface UpTo {
  readonly records: readonly SourceRecord[];
  readonly rejects: readonly Reject[];
  readonly error: string | null;
}

async function readUpTo(
  pieces: readonly Buffer[],
  options: Partial<ReadOptions>,
  io: OpenSourceIo = {},
): Promise<UpTo> {
  const records: SourceRecord[] = [];
  const rejects: Reject[] = [];
  const stdin = Readable.from(pieces);
  try {
    const source = await openSource("-", { ...DEFAULTS, ...options }, { ...io, stdin });
    for await (const chunk of source.chunks()) {
      records.push(...chunk.records);
      rejects.push(...chunk.rejects);
    }
  } catch (error) {
    if (!(error instanceof UpsurgeError) || error.code !== "SOURCE_QUOTE") throw error;
    return { records, rejects, error: error.why };
  }
  return { records, rejects, error: null };
}

function flat({ records, rejects, error }: UpTo): unknown {
  return {
    records: records.map(({ values, position, raw, shape }) => [values, position, raw, shape]),
    rejects,
    error,
  };
}

const bytes = fc.oneof(
  text.map((content) => Buffer.from(content)),
  fc
    .tuple(tidy, fc.uint8Array({ maxLength: 6 }), messy)
    .map(([a, b, c]) => Buffer.concat([Buffer.from(a), b, Buffer.from(c)])),
);

test("how the bytes are cut changes nothing: values, positions, rejects", async () => {
  await fc.assert(
    fc.asyncProperty(bytes, dialect, cuts, blockBytes, async (content, chosen, places, block) => {
      const options = {
        ...optionsOf(chosen),
        comment: "#a",
        maxRecordBytes: 24,
        maxRecordLines: 4,
        columns: COLUMNS.slice(0, 4),
        extraFields: "error",
      } as const;
      const whole = await readUpTo([content], options);
      const io = { blockBytes: block, firstBytes: block };
      const pieces = await readUpTo(cut(content, places), options, io);
      expect(flat(pieces)).toEqual(flat(whole));
    }),
    { numRuns: 800 },
  );
});

test("raw bytes are the file's own, in order, with every record and reject in its place", async () => {
  await fc.assert(
    fc.asyncProperty(bytes, dialect, cuts, async (content, chosen, places) => {
      const options = { ...optionsOf(chosen), missingFields: "error" } as const;
      const { records, rejects } = await readUpTo(cut(content, places), options, {
        blockBytes: 16,
      });
      const all = [...records, ...rejects].toSorted(
        (a, b) => a.position.record - b.position.record,
      );
      let end = 0;
      all.forEach(({ position, raw }, index) => {
        expect(position.record).toBe(index + 1);
        expect(position.byte[0]).toBeGreaterThanOrEqual(end);
        end = position.byte[1];
        expect(Buffer.from(raw ?? [])).toEqual(content.subarray(...position.byte));
      });
      expect(end).toBeLessThanOrEqual(content.length);
    }),
    { numRuns: 400 },
  );
});
