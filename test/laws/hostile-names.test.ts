/**
 * Ten thousand names and values that mean harm: as fields, columns, tables, and in flags. A load of them is refused, or does to the
 * rows what a plain reference says; the database's tables, columns and functions stay as they are.
 */
import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { quoteIdentifier, quoteLiteral } from "../../src/targets/sqlserver/quote.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { TestDatabase } from "../helpers/engines.ts";
import {
  asColumns,
  csvField,
  hostileName,
  hostileNames,
  meant,
  sqlName,
} from "../helpers/hostile-names.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import type { RunResult } from "../helpers/run-upsurge.ts";
import { timesOf } from "../tiers/tiers.ts";

/** Names in a header: a load costs the same for one. */
const WIDTH = 24;
/** How often each test is run when everything is; a load into a file takes a tenth of the time. */
const RUNS = {
  sqlite: { fields: 300, columns: 160, tables: 250, flags: 300 },
  postgres: { fields: 40, columns: 60, tables: 100, flags: 120 },
} as const;

const PERCENT = timesOf("hostile names, in percent");
const runs = (whole: number): number => Math.ceil((whole * PERCENT) / 100);

const CATALOG = {
  sqlite: "select type, name, tbl_name, sql from sqlite_schema order by 1, 2",
  postgres: `select 'c', n.nspname, c.relname, a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      left join pg_attribute a on a.attrelid = c.oid
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    union all select 'f', n.nspname, p.proname, p.prosrc from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname not in ('pg_catalog', 'information_schema') order by 1, 2, 3, 4`,
} as const;

let names = 0;

/** A refusal says what is wrong, and does not go through the database's own complaint about syntax. */
function expectRefusal({ exitCode, stderr }: RunResult): void {
  expect(stderr).toMatch(/ {2}(?:OPTION|SOURCE|PLAN)_[A-Z_]+\n/);
  expect(stderr).not.toMatch(/syntax error|unterminated|unrecognized token|42601/);
  expect(exitCode, stderr).toBe(2);
}

/** Rows with the fields `k` and `fields` as a source of that format. */
function sourceOf(format: string, fields: readonly string[], rows: readonly string[][]): string {
  const names = ["k", ...fields];
  if (format === "csv") {
    return [names, ...rows].map((row) => `${row.map(csvField).join(",")}\n`).join("");
  }
  // No object: its own names are among the fields.
  const members = (row: readonly string[]): string[] =>
    names.map((field, at) => `${JSON.stringify(field)}:${JSON.stringify(row[at])}`);
  return rows.map((row) => `{${members(row).join(",")}}\n`).join("");
}

/** What stands in a column of a row. */
function value(column: string, row: number): string {
  return `${column}${row}`;
}

/** One of the databases, whose catalog no name may change. */
interface Place {
  readonly name: keyof typeof RUNS;
  readonly database: TestDatabase;
  readonly catalog: () => Promise<unknown>;
  /** Runs `check` on so many generated cases; the catalog must be the same after each. */
  readonly hold: <T>(
    arbitrary: fc.Arbitrary<T>,
    numRuns: number,
    check: (value: T) => Promise<void>,
  ) => Promise<void>;
  readonly load: (source: string, format: string, flags: readonly string[]) => Promise<RunResult>;
}

/** Opens a database for the surrounding suite, with the same table before each test. */
function usePlace(name: keyof typeof RUNS): Place {
  const [engine] = ENGINES.filter((each) => each.name === name);
  if (engine === undefined) throw new Error(`there is no engine ${name}`);
  const database = useDatabase(engine);

  beforeEach(async () => {
    await database.reset();
    await database.exec(`create table t (k int primary key, n text, ${sqlName("l".repeat(63))} text, "Ä" text, "ä" text);
      insert into t (k, n) values (1, 'old')`);
  });

  const catalog = (): Promise<unknown> => database.rows(CATALOG[name]);

  /** Runs `check` on so many generated cases; the catalog must be the same after each. */
  async function hold<T>(
    arbitrary: fc.Arbitrary<T>,
    numRuns: number,
    check: (value: T) => Promise<void>,
  ): Promise<void> {
    const before = await catalog();
    await fc.assert(
      fc.asyncProperty(arbitrary, async (value) => {
        await check(value);
        expect(await catalog()).toEqual(before);
      }),
      { numRuns },
    );
  }

  function load(source: string, format: string, flags: readonly string[]): Promise<RunResult> {
    const args = ["-", "--format", format, "--to", database.url, "-q", ...flags];
    return runUpsurge(args, { stdin: source });
  }

  return { name, database, catalog, hold, load };
}

describe.each(["sqlite", "postgres"] as const)("hostile names on %s", (name) => {
  const place = usePlace(name);
  fieldNames(place);
  columnNames(place);
  tableNames(place);
  namesInFlags(place);
});

function fieldNames({ name, database, hold, load }: Place): void {
  test("as fields that no column has, are refused, or left out", async () => {
    const columns = ["k", "n", "l".repeat(63), "Ä", "ä"];
    const format = fc.constantFrom("csv", "ndjson");
    const many = runs(RUNS[name].fields);
    await hold(fc.tuple(hostileNames(WIDTH), format), many, async ([fields, format]) => {
      names += fields.length;
      const others = fields.filter((field) => field !== "k");
      const meaning = others.map((field) => meant(field, columns));
      const filled = meaning.filter((column) => column !== null);
      const isUnclear = others.some(
        (field) => field.toLowerCase() === "ä" && !columns.includes(field),
      );
      const refused = isUnclear || new Set(["k", ...filled]).size <= filled.length;
      const source = sourceOf(format, others, [["2", ...others]]);
      // A JSON name with this character is a reject before its fields are looked at.
      const nul = format === "ndjson" && source.includes("\\u0000");

      const strict = await load(source, format, ["--table", "t", "--key", "k"]);
      if (nul) expect(strict.exitCode).toBe(4);
      else if (meaning.includes(null)) expectRefusal(strict);
      await database.exec("delete from t where k = 2");

      const lax = await load(source, format, [
        "--table",
        "t",
        "--key",
        "k",
        "--extra-fields",
        "ignore",
      ]);
      const [row] = await database.rows("select * from t where k = 2");
      const values = columns.map((column) => {
        const at = meaning.indexOf(column);
        return column === "k" ? "2" : at < 0 ? null : (others[at] ?? null);
      });
      const unstored = name === "postgres" && values.some((each) => each?.includes("\u0000"));
      if (nul || (unstored && !refused)) {
        expect([lax.exitCode, row]).toEqual([4, undefined]);
        expect(lax.stderr).toContain("ROW_NUL");
      } else if (refused) expectRefusal(lax);
      else expect([lax.exitCode, lax.stderr, row]).toEqual([0, "", values]);
      expect(await database.rows("select k, n from t where k = 1")).toEqual([["1", "old"]]);
      await database.exec("delete from t where k = 2");
    });
  });
}

function columnNames({ name, database, catalog, load }: Place): void {
  test("as columns, hold what the field of the same name says", async () => {
    const before = await catalog();
    await fc.assert(
      fc.asyncProperty(
        hostileNames(WIDTH),
        fc.constantFrom("csv", "ndjson"),
        async (generated, format) => {
          const columns = asColumns(name, generated);
          if (columns.length === 0) return;
          names += columns.length;
          await database.exec(
            `drop table if exists u; create table u (k int primary key, ${columns.map((each) => `${sqlName(each)} text`).join(", ")})`,
          );
          const records = [1, 2, 3];
          const rows = records.map((row) => [`${row}`, ...columns.map((each) => value(each, row))]);
          const source = sourceOf(format, columns, rows);
          const flags = [
            "--table",
            "u",
            "--key",
            "k",
            ...(columns.length % 2 === 0 ? ["--strategy", "select-then-write"] : []),
          ];

          for (const again of ["inserted", "unchanged"]) {
            const { exitCode, stdout, stderr } = await load(source, format, [...flags, "--json"]);
            expect(exitCode, stderr).toBe(0);
            expect(JSON.parse(stdout).counts).toMatchObject({ read: 3, [again]: 3 });
          }
          expect(await database.rows("select * from u order by k")).toEqual(rows);
          await database.exec("drop table u");
          expect(await catalog()).toEqual(before);
        },
      ),
      { numRuns: runs(RUNS[name].columns) },
    );
  });
}

function tableNames({ name, database, hold, load }: Place): void {
  test("as tables, are not found", async () => {
    await hold(hostileName, runs(RUNS[name].tables), async (table) => {
      names += 1;
      await database.exec("update t set n = 'old'");
      const result = await load("k,n\n1,new\n", "csv", ["--table", table, "--key", "k"]);
      // PostgreSQL folds unquoted names, and reads a qualified one.
      const found = (name === "postgres" ? /^(?:public\.)?t$/i : /^t$/i).test(table.trim());
      if (!found) expectRefusal(result);
      expect(await database.rows("select k, n from t")).toEqual([["1", found ? "new" : "old"]]);
    });
  });
}

function namesInFlags({ name, database, hold, load }: Place): void {
  test("in flags, name nothing but columns and fields", async () => {
    const flag = fc.constantFrom(
      "map-field",
      "map-column",
      "const",
      "key",
      "constraint",
      "update-columns",
      "value",
    );
    await hold(fc.tuple(flag, hostileName), runs(RUNS[name].flags), async ([kind, word]) => {
      names += 1;
      const listed = csvField(word);
      const flags: Record<string, readonly string[]> = {
        "map-field": ["--key", "k", "--map", `${word}:n`],
        "map-column": ["--key", "k", "--map", `n:${word}`],
        const: ["--key", "k", "--const", `${word}=1`],
        key: ["--key", listed],
        constraint: ["--constraint", word],
        "update-columns": ["--key", "k", "--update-columns", listed],
        value: ["--key", "k", "--const", `Ä=${word}`],
      };
      const result = await load("k,n\n1,old\n", "csv", ["--table", "t", ...(flags[kind] ?? [])]);
      expect([0, 2, 4]).toContain(result.exitCode);
      if (result.exitCode === 2) expectRefusal(result);
      if (kind === "value" && !word.includes("\u0000")) {
        expect(result.exitCode, result.stderr).toBe(0);
        expect(await database.rows(`select "Ä" from t`)).toEqual([[word]]);
      }
      expect(await database.rows("select k from t")).toEqual([["1"]]);
      await database.exec(
        `update t set n = 'old', "Ä" = null, "ä" = null, ${sqlName("l".repeat(63))} = null`,
      );
    });
  });
}

test("were ten thousand and more, when everything is run", () => {
  expect(names).toBeGreaterThanOrEqual(100 * PERCENT);
});

describe("hostile texts on sqlserver", () => {
  test("are one name or one literal, when quoted", () => {
    fc.assert(
      fc.property(hostileName, (text) => {
        const name = quoteIdentifier(text);
        expect(name).toMatch(/^\[(?:[^\]]|\]\])*\]$/);
        expect(name.slice(1, -1).replaceAll("]]", "]")).toBe(text);
        const literal = quoteLiteral(text);
        expect(literal).toMatch(/^N'(?:[^']|'')*'$/);
        expect(literal.slice(2, -1).replaceAll("''", "'")).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
