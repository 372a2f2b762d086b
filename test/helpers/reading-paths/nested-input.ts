/** Random NDJSON sources whose records hold records: mostly ordinary, now and then out of it on any level. */
import * as fc from "fast-check";
import type { NestMember } from "../../../src/model/nest/nesting.ts";
import type { PathInput } from "./compare-paths.ts";
import { blocks, commonOptions, edited, edits, lineEnd, oneOf, OTHERWISE } from "./inputs.ts";

/** `b` holds objects of which `d` holds some, and `é` one. */
const NESTS: readonly NestMember[] = [
  { name: "b", members: [{ name: "d", members: [] }] },
  { name: "é", members: [] },
];

const value = fc.oneof(
  { weight: 60, arbitrary: oneOf(String.raw`1|12.50|"x"|"NA"|"a b"|true|null|""|"é"|"\u00e9"`) },
  { weight: 2, arbitrary: oneOf(String.raw`{"x":[1]}|[]|"\ud83d\ude00"|-1e5`) },
  { weight: 1, arbitrary: oneOf(String.raw`01|"\u0000"|"\ud800"|nul|"|[`) },
);

/** An object whose members have these values; now and then with another name, or one that is missing. */
function objectOf(members: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const names = Object.keys(members);
  const usual = fc.tuple(...Object.values(members)).map((values) => {
    const texts = names.map((name, at) => `"${name}":${values[at] ?? ""}`);
    return `{${texts.join(",")}}`;
  });
  const odd = oneOf(String.raw`{}|{"a":1}|{"z":1,"a":2}|{"a":1,"a":2}|null|7|"x"|[{}]|{"a"}`);
  return fc.oneof({ weight: 80, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

function arrayOf(element: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const usual = fc
    .tuple(fc.array(element, { maxLength: 4 }), oneOf(",|, | ,"))
    .map(([elements, comma]) => `[${elements.join(comma)}]`);
  return fc.oneof(
    { weight: 60, arbitrary: usual },
    { weight: 6, arbitrary: oneOf("[]|null|[ ]") },
    { weight: 1, arbitrary: oneOf('{"a":1}|"x"|[1]|[{"a":1},]|[[]]') },
  );
}

const inner = objectOf({ a: value });
const child = fc.constantFrom(
  objectOf({ a: value, d: arrayOf(inner) }),
  objectOf({ d: arrayOf(inner), a: value, c: value }),
  objectOf({ a: value }),
);
const one = fc.oneof(
  { weight: 12, arbitrary: objectOf({ a: value, b: value }) },
  { weight: 1, arbitrary: fc.constant("null") },
);

/** The lines of a source: alike, as a rule. */
const lines = child.chain((element) =>
  fc
    .constantFrom(
      objectOf({ a: value, b: arrayOf(element) }),
      objectOf({ é: one, a: value }),
      objectOf({ b: arrayOf(element), a: value, é: one }),
    )
    .chain((line) => fc.array(fc.tuple(line, lineEnd), { maxLength: 12 })),
);

/** An NDJSON source with records in its records. */
export const nestedInput: fc.Arbitrary<PathInput> = fc
  .record({ lines, options: fc.record(commonOptions), edits, blocks })
  .map(({ lines: text, options, edits: changes, blocks: sizes }) => ({
    bytes: edited(text.map(([line, end]) => line + end).join(""), changes),
    options: { ...OTHERWISE, ...options, format: "ndjson", nests: NESTS },
    blocks: sizes,
  }));
