/** Random NDJSON sources: mostly ordinary, now and then out of it in every way that is known. */
import * as fc from "fast-check";
import type { PathInput } from "./compare-paths.ts";
import { blocks, commonOptions, edited, edits, lineEnd, mostly, oneOf } from "./inputs.ts";
import { OTHERWISE } from "./inputs.ts";

/** A string with one of `characters` at any place of a word of four bytes. */
function around(characters: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(7), characters, fc.nat(7))
    .map(([before, character, after]) => `"${"a".repeat(before)}${character}${"b".repeat(after)}"`);
}

const string = fc.oneof(
  around(oneOf(String.raw`\\|\"|\n|\u00e9| |!|#|[|]|é|😀`)),
  oneOf(
    '""|"x"|"1.234"|"31.12.2025"|"NA"|"a b"|"é"|"😀"|"1"|"{}"|"日本語"|"abc def ghi"|"\u2028"|"\x7f"',
  ),
  oneOf(String.raw`"N\u0041"|"\u00e9"|"\u00E9x"|"\\N"|"\\"|"\"\\\/\b\f\n\r\t"`),
  oneOf(String.raw`"\ud83d\ude00"|"\uD83D\uDE00\u0020"|"\ud800\udc00"|"\udbff\udfff"`),
  oneOf(String.raw`"\u0001\u007f\u0080"|"\u07ff\u0800\ud7ff"|"\ue000\ufffd\uffff"`),
);
const number = oneOf("0|-0|1|12.50|9007199254740993|1e5|1E+05|-1.5e-10|0.10|0e0|-0.0E-0");
const word = oneOf("true|false|null");
const depth = fc.oneof(fc.integer({ min: 30, max: 34 }), fc.integer({ min: 254, max: 257 }));
const nested = fc.oneof(
  oneOf(String.raw`{}|[]|[1, "a]", {"x":null}]|{"x":{"x":[true,false,1e3]}}|[ ]|{"\u0041":"\n"}`),
  depth.map((depth) => "[".repeat(depth) + "]".repeat(depth)),
  depth.map((depth) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`),
);
/** No JSON, or JSON that is refused. */
const bad = fc.oneof(
  around(fc.nat(0x1f).map((code) => String.fromCharCode(code))),
  oneOf('01|1.|.5|+1|-|1e|1e+|0x1|NaN|True|nul|nulll|tru||\'a\'|--1|1.2.3|"\t"|"\x1f"'),
  oneOf(String.raw`"\ud83d"|"\ude00"|"\ud83dx"|"\ud83d\u0041"|"\u0000"|"\u12"|"\x"|"\|"a`),
  oneOf(String.raw`[1,]|[,]|{"a"}|{"a":1,}|[|{|}|]|{"a":"\u0000"}|["\ud800"]|{1:2}|[1 2]`),
);

const any = fc.oneof(
  { weight: 6, arbitrary: string },
  { weight: 4, arbitrary: number },
  { weight: 3, arbitrary: word },
  { weight: 1, arbitrary: nested },
);
/** Values of one member: of one kind, as a rule. */
const memberValues = fc.constantFrom(
  ...[string, string, number, number, word, any].map((usual) =>
    fc.oneof(
      { weight: 150, arbitrary: usual },
      { weight: 10, arbitrary: fc.constant("null") },
      { weight: 2, arbitrary: any },
      { weight: 1, arbitrary: bad },
    ),
  ),
);

const memberNames = fc
  .oneof(
    { weight: 6, arbitrary: oneOf('"a"|"a" "b"|"b" "a"|"a" "b" "é" "d"') },
    {
      weight: 1,
      arbitrary: fc.oneof(
        oneOf('"a" "a"|"__proto__" "constructor"|""||a'),
        oneOf(String.raw`"\u0061" "b"|"a" "\u0061"|"\ud83d\ude00" "😀"|"a\"b"|"\u0000"|"\ud83d"`),
      ),
    },
  )
  .map((names) => (names === "" ? [] : names.split(" ")));

/** The white space of a line, at so many places in turn. */
const spaces = fc.oneof(
  { weight: 3, arbitrary: fc.constant([""]) },
  { weight: 1, arbitrary: fc.constant(["", "", "", " "]) },
  {
    weight: 1,
    arbitrary: fc.array(oneOf("||||| |\t| \r |  "), { minLength: 10, maxLength: 10 }),
  },
);

function lineOf(
  names: readonly string[],
  values: readonly fc.Arbitrary<string>[],
): fc.Arbitrary<string> {
  return fc.tuple(fc.tuple(...values), spaces).map(([found, blanks]) => {
    let place = 0;
    const blank = (): string => {
      place += 1;
      return blanks[place % blanks.length] ?? "";
    };
    const members = names.map(
      (name, at) => `${blank()}${name}${blank()}:${blank()}${found[at] ?? ""}${blank()}`,
    );
    return `${blank()}{${members.join(",") || blank()}}${blank()}`;
  });
}

/** Lines with the same names. */
const lines: fc.Arbitrary<fc.Arbitrary<string>> = memberNames.chain((names) =>
  fc
    .array(memberValues, { minLength: names.length, maxLength: names.length })
    .map((values) => lineOf(names, values)),
);
const oddLine = fc.oneof(
  lines.chain((line) => line),
  oneOf('| |\r|1|[]|"a"|null|{}|{}{}|{"a":1}{"a":2}|{"a":1},|{,}|{'),
);

type Line = readonly [text: string, end: string];

/** Lines of one kind, now and then another. */
const shortText: fc.Arbitrary<readonly Line[]> = lines.chain((line) =>
  fc.array(
    fc.tuple(fc.oneof({ weight: 25, arbitrary: line }, { weight: 1, arbitrary: oddLine }), lineEnd),
    { maxLength: 25 },
  ),
);

/** Lines of several kinds in turns, each with some of the same names. */
const changingText: fc.Arbitrary<readonly Line[]> = fc
  .array(memberValues, { minLength: 4, maxLength: 4 })
  .chain((values) =>
    fc.array(
      fc.tuple(
        fc
          .subarray(['"a"', '"b"', '"é"', '"d"'], { minLength: 1 })
          .chain((names) => lineOf(names, values)),
        lineEnd,
      ),
      { maxLength: 40 },
    ),
  );

/** So many lines of one kind that a change of names begins a new chunk. */
const longText: fc.Arbitrary<readonly Line[]> = fc
  .array(
    fc.tuple(
      lines.chain((line) => fc.array(line, { minLength: 1, maxLength: 4 })),
      fc.integer({ min: 60, max: 300 }),
    ),
    { minLength: 2, maxLength: 4 },
  )
  .map((kinds) =>
    kinds.flatMap(([lines, times]) =>
      Array.from({ length: times }, (_, at): Line => [lines[at % lines.length] ?? "", "\n"]),
    ),
  );

/** An NDJSON source. */
export const ndjsonInput: fc.Arbitrary<PathInput> = fc
  .record({
    text: fc.oneof(
      { weight: 20, arbitrary: shortText },
      { weight: 10, arbitrary: changingText },
      { weight: 1, arbitrary: longText },
    ),
    options: fc.record(commonOptions),
    complete: fc.boolean(),
    mark: mostly("", ["\ufeff"]),
    edits,
    blocks,
  })
  .map(({ text, options, complete, mark, edits, blocks }) => {
    const whole = mark + text.map(([line, end]) => line + end).join("");
    return {
      bytes: edited(complete ? whole : whole.replace(/\r?\n$/, ""), edits),
      options: { ...OTHERWISE, ...options, format: "ndjson" },
      blocks,
    };
  });
