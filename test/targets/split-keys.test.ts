/**
 * `upsurge split` asks no database which keys are equal. Whatever PostgreSQL calls equal, for the types and collations of keys,
 * must be folded alike, or be of two styles of dates, which are refused.
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { foldValue } from "../../src/values/same-key/same-key.ts";
import { NumberReader } from "../../src/values/numbers.ts";
import type { NumberMarks } from "../../src/values/numbers.ts";
import { KeyStyles } from "../../src/values/same-key/key-styles.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import { openPostgres } from "../helpers/postgres-database.ts";
import { timesOf } from "../tiers/tiers.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await openPostgres();
  await database.exec(`
    set time zone 'Europe/Zurich';
    create collation primary_level (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
    create collation by_number (provider = icu, locale = 'und-u-ks-level2-kn-true', deterministic = false);`);
});
afterAll(() => database.close());

const pick = (...parts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...parts);

/** One of each, joined. */
const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((found) => found.join(""));

const NUMBERS = joined(
  pick("", " ", "+", "-", "\t"),
  pick("", "0", "00"),
  pick("1", "10", "100", "1_0", "9007199254740993", "9007199254740992", "0.1", ".1", "0", "2024"),
  pick("", "", ".0", ".", ".002", ".0020", "e0", "e1", "E+2", "0000000000000000055", "e-1"),
  pick("", " "),
);

const INTEGERS = fc.oneof(NUMBERS, pick("0x0a", "0X0A", "0b1010", "0o12", "10"));

const DATES = joined(
  pick("2024-01-02", "2024-1-2", "2024/01/02", "20240102", "2024-01-20", "2024.01.02"),
);
const WORDS = joined(
  pick(
    "Jan 2, 2024",
    "2 January 2024",
    "01/02/2024",
    "1/2/24",
    "2024-Jan-02",
    "January 2 2024 BC",
    "epoch",
    "1970-01-01",
    "J2460312",
    "2024.002",
  ),
);
const TIMES = pick(
  "",
  " 10:00",
  "T10:00:00",
  " 10:00:00.0",
  " 100000",
  " 10:00 am",
  " 10:00 PM",
  " 22:00:00",
  " 00:00",
  " 24:00:00",
  " 10:00:00.1234567",
  " 10:00:00.123457",
  " 23:59:59.9999999",
);
const ZONES = pick(
  "",
  "",
  "Z",
  "+00",
  "+01",
  " +01:00",
  "-05:30",
  "+0130",
  " UTC",
  " CET",
  " Europe/Zurich",
  " BC",
);
const CLOCKS = joined(
  pick(
    "4:05",
    "04:05",
    "04:05:00",
    "0405",
    "040500",
    "04:05:06.5",
    "16:05",
    "4:05 PM",
    "04:05 AM",
    "00:00",
    "24:00",
  ),
  pick("", " "),
);

const UUIDS = joined(
  pick("", "{"),
  pick("a0eebc99", "A0EEBC99", "12345678"),
  pick("-", ""),
  pick("9c0b", "1234"),
  pick(
    "-4ef8-bb6d-6bb9bd380a11",
    "4ef8bb6d6bb9bd380a11",
    "4EF8-BB6D6BB9-BD38-0A11",
    "12341234123412341234",
  ),
  pick("", "}"),
);

const LETTERS = [
  ...Array.from("aAáÀâbcdDđeÉéfgGhHħiIıİíjkKlLłmnNñoOøØöpqrsSſßtTþðuUüvwxyYzZžæÆœ"),
  "ß",
  "ss",
  "ﬁ",
  "fi",
  "e\u0301",
  "A\u030A",
  "Å",
  "\u200B",
  "\u00AD",
  "\u00A0",
  " ",
  "0",
  "01",
  "1",
  "١",
  "２",
  "②",
  "½",
  ...Array.from("αΑάςσΣᾳабвҐґЁёיךכあアァぁがガｶ가각한漢字ا٠เกกเ"),
];
const TEXTS = fc
  .array(fc.constantFrom(...LETTERS), { maxLength: 3 })
  .map((parts) => parts.join(""));

/** Types with what keys of them are made of, and two keys that are equal. */
const TYPES: readonly (readonly [
  type: string,
  keys: fc.Arbitrary<string>,
  equal: readonly [string, string],
])[] = [
  ["bigint", INTEGERS, ["10", "+10"]],
  ["numeric", NUMBERS, ["1", "1.0"]],
  ["double precision", NUMBERS, ["1", "1.0"]],
  [
    "boolean",
    pick(
      "t",
      "T",
      "tr",
      "true",
      "TRUE",
      "y",
      "ye",
      "yes",
      "on",
      "1",
      "f",
      "fal",
      "false",
      "no",
      "N",
      "of",
      "off",
      "OFF",
      "0",
      " true ",
    ),
    ["t", "TRUE"],
  ],
  ["uuid", UUIDS, ["123456781234-1234123412341234", "{12345678123412341234123412341234}"]],
  ["date", fc.oneof(DATES, joined(DATES, TIMES), WORDS), ["2024-01-02", "2024/01/02"]],
  ["time", CLOCKS, ["4:05", "04:05:00"]],
  [
    "timestamp",
    joined(fc.oneof(DATES, WORDS), TIMES, ZONES),
    ["2024-01-02 10:00", "2024/01/02 100000"],
  ],
  [
    "timestamptz",
    joined(fc.oneof(DATES, WORDS), TIMES, ZONES),
    ["2024-01-02 10:00", "2024/01/02 100000"],
  ],
  [`text collate "primary_level"`, TEXTS, ["a", "Á"]],
  [`text collate "by_number"`, TEXTS, ["1", "01"]],
];

/** Pairs of texts that are equal as values of a type. */
async function equalPairs(type: string, texts: readonly string[]): Promise<(string | null)[][]> {
  const list = texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ");
  const [plain = ""] = type.split(" collate ");
  const cast =
    type === plain
      ? (of: string) => `${of}::${plain}`
      : (of: string) => `(${of} collate ${type.slice(plain.length + 9)})`;
  return await database.rows(`
    with texts as materialized (select distinct t from unnest(array[${list}]) t where pg_input_is_valid(t, '${plain}'))
    select a.t, b.t from texts a join texts b on a.t < b.t collate "C" and ${cast("a.t")} = ${cast("b.t")}`);
}

/** Whether equal texts go to one piece, or end the split. */
function belongTogether(a: string, b: string): boolean {
  return foldValue(a).key === foldValue(b).key || isRefused(a, b);
}

/** Whether a file that has both is refused. */
function isRefused(...texts: readonly string[]): boolean {
  const styles = new KeyStyles();
  return texts.some((text, at) => styles.see(foldValue(text).style, at) !== null);
}

test.each(TYPES)(
  "equal keys of %s are folded alike, however they are spelled",
  async (type, keys, equal) => {
    let met = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(keys, { minLength: 60, maxLength: 150 }), async (texts) => {
        for (const [a = "", b = ""] of await equalPairs(type, texts)) {
          met += 1;
          expect(
            belongTogether(a ?? "", b ?? ""),
            `${JSON.stringify(a)} = ${JSON.stringify(b)}`,
          ).toBe(true);
        }
      }),
      { numRuns: timesOf("split keys"), examples: [[[...equal]]] },
    );
    expect(met).toBeGreaterThan(0);
  },
);

const MARKS: readonly NumberMarks[] = [
  { decimal: ".", thousands: "," },
  { decimal: ",", thousands: "." },
  { decimal: ",", thousands: " " },
  { decimal: ".", thousands: "'" },
];

/** What may stand for a mark in a source. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  " ": [" ", "\u00a0", "\u202f", "\u2009"],
  "'": ["'", "\u2019"],
};

/** Numbers with groups and without, of which many are equal. */
function marked({ decimal, thousands }: NumberMarks): fc.Arbitrary<string> {
  const mark = thousands ?? "";
  const plain = pick("1", "1234", "123456789", "709263404541229160", "9007199254740993", "20");
  const parted = fc
    .tuple(plain, fc.constantFrom(...(WRITTEN[mark] ?? [mark])))
    .map(([digits, sign]) => digits.replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, sign));
  const fraction = pick("", "0", "000", "01234567", "012345670000", "5", "49999999999999999999");
  const end = fraction.map((digits) => (digits === "" ? "" : `${decimal}${digits}`));
  const power = pick("", "", "E0", "E1", "e-2", "e-320", "e-322");
  return fc.oneof(
    joined(pick("", "+", "-"), parted, end),
    joined(pick("", "00"), plain, end, power),
  );
}

test.each(MARKS)(
  "numbers that a load reads alike are folded alike: decimals behind %o",
  async (marks) => {
    const reader = new NumberReader(marks);
    let met = 0;
    const check = async (texts: readonly string[]): Promise<void> => {
      const spelled = new Map<string, string[]>();
      for (const text of texts) {
        const read = reader.read(text);
        if (read !== null) spelled.set(read, [...(spelled.get(read) ?? []), text]);
      }
      const read = [...spelled.keys()];
      const alike = [
        ...read.map((each) => [each, each]),
        ...(await equalPairs("numeric", read)),
        ...(await equalPairs("double precision", read)),
      ];
      for (const [one, other] of alike) {
        for (const a of spelled.get(one ?? "") ?? []) {
          for (const b of spelled.get(other ?? "") ?? []) {
            if (a !== b) met += 1;
            expect(belongTogether(a, b), `${JSON.stringify(a)} = ${JSON.stringify(b)}`).toBe(true);
          }
        }
      }
    };

    await fc.assert(
      fc.asyncProperty(fc.array(marked(marks), { minLength: 60, maxLength: 150 }), check),
      { numRuns: timesOf("split keys"), examples: [[["1", `1${marks.decimal}0`]]] },
    );

    expect(met).toBeGreaterThan(0);
  },
);
