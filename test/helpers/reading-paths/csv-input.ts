/** Random CSV sources: mostly ordinary, now and then out of it in every way that is known. */
import * as fc from "fast-check";
import type { ReadOptions } from "../../../src/read/source.ts";
import type { PathInput } from "./compare-paths.ts";
import { blocks, commonOptions, edited, edits, lineEnd, mostly, oneOf } from "./inputs.ts";
import { OTHERWISE } from "./inputs.ts";

const NAMES = ["a", "b", "é", "d", "e"];

const plain = oneOf("|1|1.234|31.12.2025|-12.50|abc|a b|é|日本|😀|NA|\\N|#|x\ty| ");
const quoted = fc
  .array(oneOf('a|NA|,|;|\n|\r\n|\r|""|é|😀| |\''), { maxLength: 5 })
  .map((parts) => `"${parts.join("")}"`);
const odd = oneOf('a"b|"a"b|"a" | "a"|"|"a|a\rb|\r|\'a\'|\'\'');
const field = fc.oneof(
  { weight: 40, arbitrary: plain },
  { weight: 20, arbitrary: quoted },
  { weight: 1, arbitrary: odd },
);

const recordOf = (fields: number): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.array(field, { minLength: fields, maxLength: fields }) },
    { weight: 1, arbitrary: fc.array(field, { maxLength: 7 }) },
    { weight: 1, arbitrary: fc.constant(Array.from({ length: fields }, () => "")) },
  );

/** Names that are missing, repeated, or numbers of other fields. */
const oddName = oneOf("|a|a|b|1|2|3|#1");

const text = fc.integer({ min: 1, max: NAMES.length }).chain((fields) =>
  fc.record({
    header: fc.oneof(
      { weight: 12, arbitrary: fc.constant(NAMES.slice(0, fields)) },
      { weight: 2, arbitrary: fc.array(oddName, { minLength: fields, maxLength: fields }) },
    ),
    records: fc.array(fc.tuple(recordOf(fields), lineEnd), { maxLength: 40 }),
    complete: fc.boolean(),
  }),
);

const options = fc.record({
  ...commonOptions,
  delimiter: mostly<string | null>(null, ["\t", ";", "|", "é", "a"]),
  quote: mostly<string | null>('"', ["'", null, "\\", "é"]),
  escape: mostly<string | null>(null, ["\\"]),
  comment: mostly<string | null>(null, ["#"]),
  trim: mostly(false, [true]),
  header: mostly<boolean | null>(true, [false, null]),
  columns: mostly<string[] | null>(null, [["a", "b"], ["a", "b", "é"], ["x"]]),
  skipLines: mostly(0, [1, 3]),
  maxRecordLines: mostly(1000, [1, 2, 3, 6]),
  missingFields: mostly<ReadOptions["missingFields"]>(null, ["error", "default", "null"]),
  extraFields: mostly<ReadOptions["extraFields"]>("error", ["ignore"]),
  encoding: mostly("utf-8", ["latin1", "utf-16le"]),
});

/** A CSV source. */
export const csvInput: fc.Arbitrary<PathInput> = fc
  .record({ text, options, edits, blocks, cr: mostly(false, [true]) })
  .map(({ text: { header, records, complete }, options, edits, blocks, cr }) => {
    const { quote } = options;
    const line = (fields: readonly string[]): string => {
      const joined = fields.join(options.delimiter ?? ",");
      return quote === null ? joined : joined.replaceAll('"', quote);
    };
    const all = [[header, "\n"] as const, ...records]
      .map(([fields, end]) => line(fields) + end)
      .join("");
    const whole = cr ? all.replaceAll(/\r?\n/g, "\r") : all;
    return {
      bytes: edited(complete ? whole : whole.replace(/(?:\r?\n|\r)$/, ""), edits),
      options: {
        ...OTHERWISE,
        ...options,
        escape: quote === null ? null : options.escape,
        format: "csv",
      },
      blocks,
    };
  });
