/**
 * The law where records are rejected: however they are batched, and wherever in a batch the rows at fault are, table, counts and all
 * that is told of rejects are what they are for batches of one record.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Engine, Way } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

/** So many rows at least: fewer would go one at a time as soon as one of them is at fault. */
const LEAST = 100;
const MOST = 220;

const TABLES = {
  "a check, NOT NULL and a foreign key":
    "create table t (k int primary key, n int check (n < 90), s text not null, r int references p (id))",
  "a second unique key":
    "create table t (k int primary key, n int check (n < 90), s text not null unique, r int references p (id))",
};

const MODES = {
  upsert: ["--key", "k"],
  ignore: ["--key", "k", "--mode", "ignore"],
  update: ["--key", "k", "--mode", "update"],
  insert: ["--mode", "insert"],
};

/** What is wrong with a record, beside its place. */
const fault = fc.constantFrom("check", "null", "reference", "type", "length", "repeat", "taken");
type Fault = typeof fault extends fc.Arbitrary<infer T> ? T : never;

/** A load: its records, those at fault among them, and how it goes. */
interface Case {
  readonly size: number;
  readonly faults: readonly (readonly [place: number, fault: Fault])[];
  readonly isFilled: boolean;
  readonly mode: keyof typeof MODES;
  readonly way: Way;
}

function casesOf(engine: Engine): fc.Arbitrary<Case> {
  const faults = fc.oneof(
    { weight: 3, arbitrary: fc.array(fc.tuple(fc.nat(MOST - 1), fault), { maxLength: 6 }) },
    {
      weight: 1,
      arbitrary: fc.array(fc.tuple(fc.nat(MOST - 1), fault), { minLength: 60, maxLength: 200 }),
    },
    // The same fault in a few places, so that nothing else stands in its way.
    fc
      .tuple(fault, fc.array(fc.nat(MOST - 1), { minLength: 1, maxLength: 8 }))
      .map(([kind, places]) => places.map((place): [number, Fault] => [place, kind])),
  );
  return fc.record({
    size: fc.integer({ min: LEAST, max: MOST }),
    faults,
    isFilled: fc.boolean(),
    mode: fc.constantFrom(
      "upsert" as const,
      "upsert" as const,
      "insert" as const,
      "ignore" as const,
      "update" as const,
    ),
    way: fc.constantFrom(...waysOf(engine, [90, 1000])),
  });
}

function csv({ size, faults }: Case): string {
  const kinds = new Map(faults);
  const records = Array.from({ length: size }, (_, at) => {
    const record = { k: String(at + 10), n: String(at % 80), s: `s${at}`, r: String(at % 5) };
    const changed: Record<Fault, Partial<typeof record>> = {
      check: { n: "95" },
      null: { s: "" },
      reference: { r: "77" },
      type: { n: "bad" },
      length: { n: "99999999999" },
      repeat: { k: String(Math.floor(at / 2) + 10) },
      taken: { s: `s${Math.floor(at / 2)}` },
    };
    const kind = kinds.get(at);
    return Object.values(kind === undefined ? record : { ...record, ...changed[kind] }).join(",");
  });
  return `k,n,s,r\n${records.join("\n")}\n`;
}

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const numRuns = timesOf(engine.name === "sqlserver" ? "rejects, translated" : "rejects");

  test.each(Object.entries(TABLES))(
    "any batches equal those of one record: %s",
    async (_, table) => {
      const sql = `create table p (id int primary key); insert into p values (0), (1), (2), (3), (4); ${table}`;
      const setup =
        engine.name === "sqlserver" ? sql.replaceAll(/\btext\b/g, "nvarchar(100)") : sql;
      const load = async (each: Case, way: Way) => {
        await database.reset();
        await database.exec(setup);
        if (each.isFilled || each.mode === "update")
          await database.exec(
            "insert into t values (10, 1, 's0', 1), (60, 2, 'old', 2), (105, 3, 's95', null)",
          );
        const flags = MODES[each.mode];
        const from = {
          folder: temporary.path,
          table: "t",
          extension: "csv",
          input: csv(each),
          flags,
        } as const;
        const { output, ...result } = await runLoad(database, from, way);
        return {
          result: { ...result, rows: await database.rows("select k, n, s, r from t order by k") },
          output,
        };
      };
      const holds = async (each: Case): Promise<void> => {
        const { result: expected } = await load(each, { ...each.way, batchRows: 1 });
        const { result, output } = await load(each, each.way);
        expect(result, `${wayTitle(each.way)} ${each.mode}\n${output}`).toEqual(expected);
      };
      await fc.assert(fc.asyncProperty(casesOf(engine), holds), { numRuns });
    },
  );
});
