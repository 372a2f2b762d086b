/** Examples of each rule: which types columns with these values have, and how each database spells them. */
import { describe, expect, test } from "vitest";
import { chooseType } from "../../../src/infer/choose-type.ts";
import { Profile } from "../../../src/infer/profile.ts";
import type { SpelledType, TypeRules, ValueType } from "../../../src/model/new-table.ts";
import * as postgres from "../../../src/targets/postgres/catalog/new-types.ts";
import * as sqlite from "../../../src/targets/sqlite/catalog/new-types.ts";
import * as sqlserver from "../../../src/targets/sqlserver/catalog/new-types.ts";
import { readPath } from "../../helpers/reading-paths/compare-paths.ts";
import { OTHERWISE } from "../../helpers/reading-paths/inputs.ts";

async function typeOf(
  text: string,
  format: "csv" | "ndjson",
  rules: TypeRules,
  isKey = false,
): Promise<ValueType> {
  const input = { bytes: Buffer.from(text), options: { ...OTHERWISE, format }, blocks: {} };
  const profile = new Profile();
  for (const chunk of (await readPath(input, false)).chunks) profile.see(chunk);
  const facts = profile.fields.get("v");
  if (facts === undefined) throw new Error(`no field v in ${text}`);
  return chooseType(facts, rules, isKey);
}

function sqlOf(spelled: SpelledType): string {
  return spelled.kind === "type" ? spelled.sql : `too long: ${spelled.longest} > ${spelled.most}`;
}

/** The types of a column on PostgreSQL, SQLite and SQL Server. */
async function types(text: string, format: "csv" | "ndjson", isKey = false): Promise<string[]> {
  const onPostgres = await typeOf(text, format, postgres.TYPE_RULES, isKey);
  const onSqlite = await typeOf(text, format, sqlite.TYPE_RULES, isKey);
  const onSqlServer = await typeOf(text, format, sqlserver.TYPE_RULES, isKey);
  return [
    sqlOf(postgres.spellType(onPostgres)),
    sqlOf(sqlite.spellType(onSqlite)),
    sqlOf(sqlserver.spellType(onSqlServer, isKey ? [onSqlServer] : null)),
  ];
}

const TEXT = ["text", "TEXT", "nvarchar(max)"];
const INTEGER = ["bigint", "INTEGER", "bigint"];
const BOOLEAN = ["boolean", "TEXT", "bit"];
const DATE = ["date", "TEXT", "date"];
const TIMESTAMP = ["timestamp", "TEXT", "datetime2(7)"];
const TIMESTAMPTZ = ["timestamptz", "TEXT", "datetimeoffset(7)"];
const UUID = ["uuid", "TEXT", "uniqueidentifier"];
const DOUBLE = ["double precision", "REAL", "float"];

const decimal = (scale: number, onSqlite = "REAL"): string[] => [
  "numeric",
  onSqlite,
  `decimal(38, ${scale})`,
];
const zeros = (count: number): string => "0".repeat(count);
const ID = "0a0b0c0d-0000-4000-8000-00000000000a";

/** Values of a CSV that have no type but text. */
const NO_TYPE: readonly string[] = [
  "007",
  "+1",
  "-0",
  "-0.0",
  "-0.00",
  "00",
  "01.5",
  ".5",
  "5.",
  "1e5",
  "12E4",
  "1_000",
  "1,5",
  "NaN",
  "Infinity",
  "0x1F",
  "--1",
  "1-",
  "-",
  "1.2.3",
  " 1",
  "1 ",
  "1|x",
  "1|true",
  "True",
  "TRUE",
  "t",
  "yes",
  "true|x",
  "true|1",
  "true|2024-01-01",
  "2023-02-29",
  "1900-02-29",
  "2024-13-01",
  "2024-00-01",
  "2024-01-32",
  "0000-01-01",
  "2024-1-1",
  "2024-01-01x",
  "01/02/2024",
  "2024-04-31",
  "2024-01-01|2024-01-01T00:00:00",
  "2024-01-01T00:00:00|2024-01-01T00:00:00Z",
  "2024-01-01T24:00:00",
  "2024-01-01T23:60:00",
  "2024-01-01T23:59:60",
  "2024-01-01T1:00:00",
  "2024-01-01t00:00:00",
  "2024-01-01T00:00:00z",
  "2024-01-01  00:00:00",
  "2024-01-01T00",
  "2024-01-01T00:00:00.",
  "2024-01-01T00:00:00.12345678",
  "2024-01-01T00:00:00,5",
  "2024-01-01T00:00:00+02",
  "2024-01-01T00:00:00+0200",
  "2024-01-01T00:00:00+14:01",
  "2024-01-01T00:00:00+01:60",
  "2024-01-01T00:00:00 +01:00",
  "2024-01-01T00:00Zx",
  "0001-06-01T00:00:00Z",
  "9999-06-01T00:00:00Z",
  ID.replaceAll("-", ""),
  `{${ID}}`,
  ID.replace("a", "g"),
  `${ID}0`,
  `${ID}|1`,
  "x",
  "é",
  '{"a":1}',
  "[1]",
  "null",
  "1|",
  "|",
];

describe("values of a CSV, separated by |", () => {
  test.each<[values: string, types: string[]]>([
    ["1", INTEGER],
    ["0|-1|123", INTEGER],
    ["9223372036854775807|-9223372036854775808", INTEGER],
    ["9223372036854775808", decimal(0, "TEXT")],
    ["-9223372036854775809", decimal(0, "TEXT")],
    ["1.5|2.25", decimal(2)],
    ["1|2.25", decimal(2)],
    ["10.50|9.99", decimal(2)],
    ["1.0|2.25", decimal(2)],
    ["0.0|1.30|0.14", decimal(2)],
    ["0.00|0.0", decimal(2)],
    ["0.5|-0.5", decimal(1)],
    ["12345678901234.5", decimal(1)],
    ["123456789012345.6", decimal(1, "TEXT")],
    ["1000000000000000000000", decimal(0)],
    // Two versions, of which a double, or one scale for all, would make others.
    ["1.9|1.10", ["numeric", "TEXT", "nvarchar(max)"]],
    ["9".repeat(38), decimal(0, "TEXT")],
    ["9".repeat(39), ["numeric", "TEXT", "nvarchar(max)"]],
    [`${"9".repeat(37)}|0.25`, ["numeric", "TEXT", "nvarchar(max)"]],
    [`0.${zeros(37)}1`, decimal(38)],
    [`0.${zeros(38)}1`, ["numeric", "REAL", "nvarchar(max)"]],
    ["true|false", BOOLEAN],
    ["2024-02-29|0001-01-01|9999-12-31", DATE],
    ["2024-02-29T12:30:00|2024-02-29 12:30:00.123456", TIMESTAMP],
    ["2024-02-29 12:30", ["timestamp", "TEXT", "nvarchar(max)"]],
    ["2024-02-29T12:30:00.1234567", ["text", "TEXT", "datetime2(7)"]],
    ["2024-02-29T12:30:00Z|2024-02-29 12:30:00-05:00", TIMESTAMPTZ],
    ["0002-01-01T00:00:00+14:00|9998-12-31T23:59:59-14:00", TIMESTAMPTZ],
    [`${ID}|${ID.toUpperCase()}`, UUID],
  ])("%s", async (values, expected) => {
    expect(await types(`n,v\n${lines(values)}`, "csv")).toEqual(expected);
  });

  test.each(NO_TYPE)("%s is text", async (values) => {
    const text = lines(values).replaceAll(/,$/gm, ',""');
    expect(await types(`n,v\n${text}`, "csv")).toEqual(TEXT);
  });

  test("the longest decimals of PostgreSQL", async () => {
    const kept = ["numeric", "TEXT", "nvarchar(max)"];
    expect(await types(`n,v\n1,1${zeros(131_071)}\n`, "csv")).toEqual(kept);
    expect(await types(`n,v\n1,1${zeros(131_072)}\n`, "csv")).toEqual(TEXT);
    expect(await types(`n,v\n1,0.${zeros(16_382)}1\n`, "csv")).toEqual(kept);
    expect(await types(`n,v\n1,0.${zeros(16_383)}1\n`, "csv")).toEqual(TEXT);
  });

  test("NULLs say nothing, and nothing but NULLs is text", async () => {
    expect(await types("n,v\n1,\n2,5\n3,\n", "csv")).toEqual(INTEGER);
    expect(await types("n,v\n1,\n2,\n", "csv")).toEqual(TEXT);
    expect(await typeOf("n,v\n1,\n", "csv", postgres.TYPE_RULES)).toEqual({
      kind: "text",
      longest: 0,
    });
  });
});

/** A record a line, its fields in quotes where they need them. */
function lines(values: string): string {
  const fields = values.split("|").map((value, at) => {
    const quoted = /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    return `${at},${quoted}\n`;
  });
  return fields.join("");
}

describe("values of NDJSON, separated by a blank", () => {
  test.each<[values: string, types: string[]]>([
    ["1 2", INTEGER],
    ["1 2.5", decimal(1)],
    ["true false", BOOLEAN],
    ['"2024-02-29"', DATE],
    ['"2024-02-29T12:30:00Z"', TIMESTAMPTZ],
    [String.raw`"2024\u002d02-29"`, DATE],
    [`"${ID}"`, UUID],
    ["1e5", DOUBLE],
    ["1e5 2.5 3", DOUBLE],
    ["1E+300 1e-290", DOUBLE],
    ["123456789012345e10", DOUBLE],
    ["0e0 0.0E5", DOUBLE],
    ["0.0015e-287", DOUBLE],
    ["1.500000000000000000e2", DOUBLE],
    ["{}", ["jsonb", "TEXT", "nvarchar(max)"]],
    ['[1] 2 "x" true -0 1e400', ["jsonb", "TEXT", "nvarchar(max)"]],
    [String.raw`{"a":"\"1e99999"}`, ["jsonb", "TEXT", "nvarchar(max)"]],
    [String.raw`{"a":"\\u0000_1e99999"}`, ["jsonb", "TEXT", "nvarchar(max)"]],
  ])("%s", async (values, expected) => {
    expect(await types(members(values), "ndjson")).toEqual(expected);
  });

  test.each([
    '"12"',
    '"1.5"',
    '"true"',
    '1 "1"',
    'true "true"',
    '1 "x"',
    "true 1",
    '1 "2024-02-29"',
    "-0",
    "-0.0",
    "-0e0",
    "1e301",
    "1e-291",
    "0.0015e-288",
    "1234567890123456e1",
    "1e5 1234567890123456",
    '1e5 "x"',
    "1e5 true",
    '""',
    // What a database refuses that keeps JSON as values.
    "{} 1e99999",
    '{"a":[1e-99999]}',
    '"x" 1e99999 []',
  ])("%s is text", async (values) => {
    expect(await types(members(values), "ndjson")).toEqual(TEXT);
  });

  test("a number of more than 6000 digits in an object, or beside one, makes it text", async () => {
    expect(await types(members(`[1${zeros(5999)}]`), "ndjson")).not.toEqual(TEXT);
    expect(await types(members(`[1${zeros(6000)}]`), "ndjson")).toEqual(TEXT);
    expect(await types(members(`{} 1${zeros(6000)}`), "ndjson")).toEqual(TEXT);
  });

  test("a field of CSV among objects is no JSON", async () => {
    const profile = new Profile();
    for (const [text, format] of [
      ['{"v":{}}\n', "ndjson"],
      ["n,v\n1,x\n", "csv"],
    ] as const) {
      const input = { bytes: Buffer.from(text), options: { ...OTHERWISE, format }, blocks: {} };
      for (const chunk of (await readPath(input, false)).chunks) profile.see(chunk);
    }
    const facts = profile.fields.get("v");
    expect(facts && chooseType(facts, postgres.TYPE_RULES, false).kind).toBe("text");
  });
});

function members(values: string): string {
  return values
    .split(" ")
    .map((value) => `{"v":${value}}\n`)
    .join("");
}

describe("in a key", () => {
  const KEY_TEXT = ["text", "TEXT", "nvarchar(450)"];

  test.each<[values: string, types: string[]]>([
    ["1|2", INTEGER],
    ["1.10|1.20", decimal(2)],
    ["1|2.5", decimal(1)],
    ["1.1|1.10", KEY_TEXT],
    ["1|1.0", KEY_TEXT],
    ["1.0|2.25", KEY_TEXT],
    ["true|false", BOOLEAN],
    ["2024-02-29", DATE],
    ["2024-02-29T12:30:00|2024-02-29T12:30:01", TIMESTAMP],
    ["2024-02-29T12:30:00|2024-02-29 12:30:00", KEY_TEXT],
    ["2024-02-29T12:30:00.5|2024-02-29T12:30:00.50", KEY_TEXT],
    ["2024-02-29T12:30|2024-02-29T12:30:00", KEY_TEXT],
    ["2024-02-29T12:30:00+01:00|2024-02-29T12:30:01+01:00", TIMESTAMPTZ],
    ["2024-02-29T12:30:00+01:00|2024-02-29T11:30:00Z", KEY_TEXT],
    ["2024-02-29T12:30:00+00:00|2024-02-29T12:30:00-00:00", KEY_TEXT],
    [`${ID}|${ID.replace("1", "2")}`, UUID],
    [`${ID}|${ID.toUpperCase()}`, KEY_TEXT],
    ["x", KEY_TEXT],
  ])("%s", async (values, expected) => {
    expect(await types(`n,v\n${lines(values)}`, "csv", true)).toEqual(expected);
  });

  test.each(["1e5", "{}", '[1] "[1]"'])("%s of NDJSON", async (values) => {
    expect(await types(members(values), "ndjson", true)).toEqual(KEY_TEXT);
  });
});

describe("texts in a key of SQL Server share 900 bytes", () => {
  const short = { kind: "text", longest: 10 } as const;

  test.each<[type: ValueType, key: readonly ValueType[], sql: string]>([
    [short, [short], "nvarchar(450)"],
    [short, [short, short], "nvarchar(225)"],
    [short, [short, short, short], "nvarchar(150)"],
    [short, [short, { kind: "integer" }], "nvarchar(446)"],
    [short, [{ kind: "decimal", whole: 1, scale: 1 }, short], "nvarchar(441)"],
    [{ kind: "text", longest: 450 }, [short], "nvarchar(450)"],
    [{ kind: "text", longest: 451 }, [short], "too long: 451 > 450"],
    [{ kind: "integer" }, [short, { kind: "integer" }], "bigint"],
  ])("%j in %j", (type, key, sql) => {
    expect(sqlOf(sqlserver.spellType(type, key))).toBe(sql);
  });
});
