/**
 * Values of every class, loaded into columns of the types that are chosen for them, come back as they were: texts byte for
 * byte, numbers as decimals, instants as instants; and a second load finds every row unchanged.
 */
import { describe, expect, test } from "vitest";
import { chooseType } from "../../src/infer/choose-type.ts";
import { Profile } from "../../src/infer/profile.ts";
import type { ColumnFacts } from "../../src/model/column-facts.ts";
import type { SpelledType, TypeRules, ValueType } from "../../src/model/new-table.ts";
import * as postgres from "../../src/targets/postgres/catalog/new-types.ts";
import * as sqlite from "../../src/targets/sqlite/catalog/new-types.ts";
import * as sqlserver from "../../src/targets/sqlserver/catalog/new-types.ts";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { readPath } from "../helpers/reading-paths/compare-paths.ts";
import { OTHERWISE } from "../helpers/reading-paths/inputs.ts";
import { REAL_SERVER } from "../helpers/sqlserver-database.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { asValue } from "../helpers/typed-values.ts";

/** How a database makes tables of the types. */
interface Maker {
  readonly rules: TypeRules;
  readonly spell: (type: ValueType, key: readonly ValueType[] | null) => SpelledType;
  readonly quote: (name: string) => string;
  readonly behind: string;
  /** SQL that reads a column of the type as a text in UTC. */
  readonly read: (name: string, kind: ValueType["kind"]) => string;
}

const MAKERS: Readonly<Record<Engine["name"], Maker>> = {
  postgres: {
    rules: postgres.TYPE_RULES,
    spell: postgres.spellType,
    quote: (name) => `"${name}"`,
    behind: "",
    read: (name, kind) => (kind === "timestamptz" ? `${name} at time zone 'UTC'` : name),
  },
  sqlite: {
    rules: sqlite.TYPE_RULES,
    spell: sqlite.spellType,
    quote: (name) => `"${name}"`,
    behind: " strict",
    read: (name) => name,
  },
  sqlserver: {
    rules: sqlserver.TYPE_RULES,
    spell: sqlserver.spellType,
    quote: (name) => `[${name}]`,
    behind: "",
    read: (name, kind) => {
      if (kind === "timestamptz") {
        return `CONVERT(nvarchar(40), CONVERT(datetime2(7), ${name}, 1), 126)`;
      }
      // The driver would make a double of it.
      if (kind === "decimal") return `CONVERT(nvarchar(60), ${name})`;
      return kind === "timestamp" ? `CONVERT(nvarchar(40), ${name}, 126)` : name;
    },
  },
};

/** Lists of values that make one column each. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  integers: ["0", "-1", "9223372036854775807", "-9223372036854775808"],
  beyond: ["9223372036854775808", "-9223372036854775809", "1", "-7"],
  prices: ["10.50", "9.99", "0.00", "-0.01"],
  fifteen: ["123456789012345", "0.00000123456789012345", "1.5", "-99999999999999.9"],
  sixteen: ["1234567890123456.5", "0.1234567890123456", "9007199254740993", "0.1"],
  floats: ["1.0", "2.25", "100000000000000000000", "3"],
  versions: ["1.9", "1.10", "1.1", "2.0"],
  largest: ["9".repeat(38), `-${"9".repeat(38)}`, "0", "1"],
  smallest: [`0.${"0".repeat(37)}1`, "0.5", "0", "-0.25"],
  booleans: ["true", "false", "false", "true"],
  dates: ["2024-02-29", "0001-01-01", "9999-12-31", "2000-02-29"],
  no_dates: ["2023-02-29", "1900-02-29", "0000-01-01", "2024-01-01"],
  times: [
    "2024-02-29T23:59:59.999999",
    "0001-01-01 00:00:00",
    "9999-12-31T23:59:59.5",
    "2024-01-01 00:00:00",
  ],
  minutes: ["2024-02-29T23:59", "0001-01-01 00:00", "9999-12-31T23:59", "2024-01-01 00:00"],
  leaps: ["2024-02-29T23:59:60", "2024-01-01T24:00:00", "2024-01-01T00:00:00", "2024-01-01"],
  instants: [
    "2024-02-29T23:59:59.999999Z",
    "0002-01-01 00:00:00+14:00",
    "9998-12-31T23:59:59-14:00",
    "2024-01-01T00:00:00+05:30",
  ],
  early: ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2024-01-01T00:00:00Z", "x"],
  uuids: [
    "0a0b0c0d-0000-4000-8000-00000000000a",
    "0A0B0C0D-0000-4000-8000-00000000000B",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "00000000-0000-0000-0000-000000000000",
  ],
  codes: ["012", "12E4", "+1", "-0"],
  texts: ["", " x ", "é😀", 'a"b,c\nd'],
};

/** Texts that a type would make equal, and such as it would not. */
const KEYS: readonly (readonly string[])[] = [
  ["1", "1.0", "1.00"],
  ["1.10", "1.11", "-1.10"],
  ["123456789012345", "123456789012346", "0.1"],
  ["9007199254740992.5", "9007199254740993.5", "9007199254740993.4"],
  ["9223372036854775806", "9223372036854775807", "9223372036854775808"],
  ["2024-02-29T12:30:00", "2024-02-29 12:30:00"],
  ["2024-02-29T12:30:00.1", "2024-02-29T12:30:00.10"],
  ["2024-02-29T12:30:00Z", "2024-02-29T13:30:00+01:00"],
  ["2024-02-29T12:30:00Z", "2024-02-29T12:30:01Z"],
  ["true", "false"],
];

/** Hundred-nanoseconds, which the translated server does not have. */
const FINE: Readonly<Record<string, readonly string[]>> = {
  fine: [
    "2024-02-29T23:59:59.9999999",
    "2024-02-29T23:59:59.0000001",
    "2024-01-01T00:00:00.1234567",
    "0001-01-01T00:00:00.0000001",
  ],
};

const csv = (columns: Readonly<Record<string, readonly string[]>>): string => {
  const names = Object.keys(columns);
  const rows = [0, 1, 2, 3].map((row) =>
    [row, ...names.map((name) => `"${(columns[name]?.[row] ?? "").replaceAll('"', '""')}"`)].join(
      ",",
    ),
  );
  return `${["id", ...names].join(",")}\n${rows.join("\n")}\n`;
};

/** The literals of JSON, a list a column. */
const LITERALS: Readonly<Record<string, readonly string[]>> = {
  doubles: ["1e5", "-2.5E-7", "123456789012345e-20", "3"],
  extremes: ["9.99999999999999e300", "-1e-290", "123456789012345e286", "0e0"],
  beyond_doubles: ["1e301", "1e-291", "1e5", "2"],
  decimals: ["1.10", "2.25", "-0.75", "12345678901234567890.12"],
  flags: ["true", "false", "true", "false"],
  strings: ['"12"', '"true"', '"1e5"', '"\\u00e9"'],
  days: ['"2024-02-29"', '"0001-01-01"', String.raw`"2024\u002d01-01"`, "null"],
  mixed: ['{"a":[1.10,"\\\\u0000"]}', '"x"', "1e400", "[true,null]"],
  huge: ['{"a":1e99999}', "[]", "1", "null"],
};

function ndjson(): string {
  const names = Object.keys(LITERALS);
  const rows = [0, 1, 2, 3].map((row) => {
    const members = names.map((name) => `"${name}":${LITERALS[name]?.[row] ?? "null"}`);
    return `{"id":${row},${members.join(",")}}\n`;
  });
  return rows.join("");
}

async function profileOf(text: string, format: "csv" | "ndjson"): Promise<Profile> {
  const input = { bytes: Buffer.from(text), options: { ...OTHERWISE, format }, blocks: {} };
  const profile = new Profile();
  for (const chunk of (await readPath(input, false)).chunks) profile.see(chunk);
  return profile;
}

function sqlOf(spelled: SpelledType): string {
  if (spelled.kind === "too-long") throw new Error(`${spelled.longest} > ${spelled.most}`);
  return spelled.sql;
}

const STAGED = { strategy: "native", batchRows: 100 } as const;

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const folder = useTempDir();
  const { rules, spell, quote, behind, read } = MAKERS[engine.name];
  const rowSource = engine.rowSources[0] ?? "values";

  async function loadTwice(
    text: string,
    extension: "csv" | "ndjson",
  ): Promise<Map<string, ValueType>> {
    await database.reset();
    const { fields } = await profileOf(text, extension);
    const types = new Map(
      [...fields].map(([name, facts]) => [name, chooseType(facts, rules, name === "id")]),
    );
    const columns = [...types].map(([name, type]) => {
      const key = name === "id" ? " not null primary key" : "";
      return `${quote(name)} ${sqlOf(spell(type, null))}${key}`;
    });
    await database.exec(`create table ${quote("new")} (${columns.join(", ")})${behind}`);
    const load = {
      folder: folder.path,
      table: "new",
      extension,
      input: text,
      flags: ["--key", "id", "--max-rejects", "0"],
    };
    const first = await runLoad(database, load, { ...STAGED, rowSource });
    expect(first.output).not.toContain("error:");
    expect(first.counts).toEqual({ inserted: 4 });
    const second = await runLoad(database, load, { ...STAGED, rowSource });
    expect(second.counts).toEqual({ unchanged: 4 });
    return types;
  }

  async function stored(name: string, { kind }: ValueType): Promise<(string | null)[]> {
    const rows = await database.rows(
      `select ${read(quote(name), kind)} from ${quote("new")} order by ${quote("id")}`,
    );
    const zone = kind === "timestamptz" ? "Z" : "";
    return rows.map(([value = null]) =>
      value === null ? null : comparable(`${value}${zone}`, kind),
    );
  }

  test("fields of a CSV", async () => {
    const columns =
      REAL_SERVER === null && engine.name === "sqlserver" ? COLUMNS : { ...COLUMNS, ...FINE };
    const types = await loadTwice(csv(columns), "csv");
    for (const [name, texts] of Object.entries(columns)) {
      const type = types.get(name) as ValueType;
      const expected = texts.map((text) => comparable(text, type.kind));

      expect([name, type.kind, await stored(name, type)]).toEqual([name, type.kind, expected]);
    }
  });

  test("values of NDJSON", async () => {
    const types = await loadTwice(ndjson(), "ndjson");
    for (const [name, literals] of Object.entries(LITERALS)) {
      const type = types.get(name) as ValueType;
      const isJson = type.kind === "json" && engine.name === "postgres";
      const expected = literals.map((literal) => {
        if (literal === "null") return null;
        const value: unknown = JSON.parse(literal);
        return isJson
          ? literal
          : comparable(typeof value === "string" ? value : literal, type.kind);
      });
      const found = await stored(name, type);

      if (isJson) expect(found.map(sameJson)).toEqual(expected.map(sameJson));
      else expect([name, found]).toEqual([name, expected]);
    }
  });

  test("every type that there is was tried", async () => {
    const { fields } = await profileOf(csv(COLUMNS), "csv");
    const kinds = new Set(
      [...fields.values()].map((facts: ColumnFacts) => chooseType(facts, rules, false).kind),
    );
    for (const kind of [...rules.kinds].filter((each) => each !== "double" && each !== "json")) {
      expect(kinds).toContain(kind);
    }
  });
});

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const folder = useTempDir();
  const { rules, spell, quote, behind } = MAKERS[engine.name];
  const rowSource = engine.rowSources[0] ?? "values";

  test.each(KEYS)("as keys %j stay apart", async (...texts) => {
    await database.reset();
    const text = `k\n${texts.join("\n")}\n`;
    const facts = (await profileOf(text, "csv")).fields.get("k") as ColumnFacts;
    const type = chooseType(facts, rules, true);
    await database.exec(
      `create table ${quote("new")} (${quote("k")} ${sqlOf(spell(type, [type]))} not null primary key)${behind}`,
    );
    const load = {
      folder: folder.path,
      table: "new",
      extension: "csv",
      input: text,
      flags: ["--key", "k", "--max-rejects", "0"],
    } as const;

    const { counts } = await runLoad(database, load, { ...STAGED, rowSource });
    expect(counts).toEqual({ inserted: texts.length });
  });
});

/** Numbers beyond those of JavaScript are compared by what JSON says of them. */
function sameJson(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** The same for texts that are equal as values of the kind. */
function comparable(text: string, kind: ValueType["kind"]): string {
  if (kind === "boolean") return /^(?:true|t|1)$/.test(text) ? "true" : "false";
  return asValue(text, kind);
}
