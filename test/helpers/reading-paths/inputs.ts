/** What random sources of all formats share: options, blocks, and bytes that somebody has tampered with. */
import * as fc from "fast-check";
import type { ReadOptions } from "../../../src/read/source.ts";

/** Options that nothing was said about. */
export const OTHERWISE: ReadOptions = {
  format: null,
  delimiter: null,
  quote: '"',
  escape: null,
  comment: null,
  header: null,
  columns: null,
  skipLines: 0,
  limit: null,
  encoding: "utf-8",
  nullTokens: [],
  empty: "auto",
  keepEmpty: [],
  trim: false,
  missingFields: null,
  extraFields: "error",
  maxRecordBytes: 1024 * 1024,
};

/** One of the texts that `list` names, separated by `|`. */
export function oneOf(list: string): fc.Arbitrary<string> {
  return fc.constantFrom(...list.split("|"));
}

/** `usual`, now and then another. */
export function mostly<T>(usual: T, others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

/** Small blocks bring every place of a record to the edge of one. */
export const blocks = fc.oneof(
  fc.constant({}),
  fc.record({
    blockBytes: fc.integer({ min: 1, max: 64 }),
    firstBytes: fc.integer({ min: 1, max: 64 }),
  }),
);

/** Options of any format. */
export const commonOptions = {
  nullTokens: fc.oneof(
    { weight: 3, arbitrary: fc.constant<string[]>([]) },
    { weight: 2, arbitrary: fc.subarray(["", "NA", "é", "\\N", "1", "a b", "😀"]) },
  ),
  empty: fc.constantFrom("auto" as const, "auto" as const, "null" as const, "string" as const),
  nullIn: mostly<NonNullable<ReadOptions["nullIn"]>>(
    [],
    [
      [{ field: "a", token: "1" }],
      [
        { field: "b", token: "" },
        { field: "é", token: "NA" },
      ],
    ],
  ),
  nullQuoted: mostly(false, [true, true, true]),
  defaultOnEmpty: mostly<string[]>([], [["b"], ["a", "d"]]),
  keepEmpty: fc.oneof(fc.constant<string[]>([]), fc.subarray(["a", "b", "é"])),
  limit: mostly<number | null>(null, [0, 1, 2, 5, 12]),
  followAppend: mostly(false, [true]),
  maxRecordBytes: fc.oneof(
    { weight: 6, arbitrary: fc.constant(OTHERWISE.maxRecordBytes) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) },
  ),
};

export const lineEnd = fc.constantFrom("\n", "\n", "\n", "\r\n");

/** A change of some bytes: what was there may no longer be text. */
interface Edit {
  readonly at: number;
  readonly remove: number;
  /** Each character a byte. */
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(4000),
  remove: fc.nat(2),
  insert: oneOf(
    '|\0|\xff|\xc3|\xed\xa0\x80|\xef\xbb\xbf|\n|\r|\r\n|\n\n| |"|""|"x|\\|,|{|}|:|[|\t|\x1f|e|0',
  ),
});

/** None, as a rule. */
export const edits: fc.Arbitrary<readonly Edit[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.array(edit, { minLength: 1, maxLength: 3 }) },
);

/** The bytes of `text`, changed. */
export function edited(text: string, changes: readonly Edit[]): Buffer {
  let bytes = Buffer.from(text);
  for (const { at, remove, insert } of changes) {
    const place = at % (bytes.length + 1);
    const rest = bytes.subarray(place + remove);
    bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(insert, "latin1"), rest]);
  }
  return bytes;
}
