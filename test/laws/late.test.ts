/**
 * The law of `--late`, by random loads of rows that refer to each other: whatever the strategy, row source and batch size, the
 * table and the counts are those of the records applied one at a time without their late value, and then of these values set
 * one at a time, by key and in order.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Way } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { applyReference } from "../helpers/reference.ts";
import type { Fate, ReferenceLoad, ReferenceRecord } from "../helpers/reference.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { timesOf } from "../tiers/tiers.ts";

const COLUMNS = "id int not null primary key, n int check (n < 8), boss int";
const TABLES = [
  `create table t (${COLUMNS} references t (id))`,
  // What the oracle asks whether a record could be inserted, where no statement tells it.
  `create table probe (id int, n int check (n < 8), boss int)`,
];

interface Case {
  readonly there: readonly (readonly [number, number | null])[];
  readonly records: readonly ReferenceRecord[];
  readonly mode: "upsert" | "ignore" | "update";
  readonly where: string | null;
  readonly sets: Readonly<Record<string, string>>;
  readonly way: Way;
}

const id = fc.integer({ min: 1, max: 6 });
const text = (value: number | null): string | null => (value === null ? null : String(value));
const member = (
  name: string,
  value: fc.Arbitrary<number | null>,
): fc.Arbitrary<Record<string, string | null>> =>
  fc.option(value.map((each) => ({ [name]: text(each) }))).map((found) => found ?? {});
const record = fc
  .tuple(
    id,
    member("n", fc.option(fc.integer({ min: 0, max: 8 }))),
    // Hardly ever to a row that is nowhere: that ends the load.
    member("boss", fc.option(fc.constantFrom(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 9))),
  )
  .map(([key, n, boss]): ReferenceRecord => ({ id: String(key), ...n, ...boss }));

function casesOf(ways: readonly Way[]): fc.Arbitrary<Case> {
  return fc
    .record({
      there: fc.uniqueArray(fc.tuple(id, fc.option(fc.integer({ min: 0, max: 7 }))), {
        selector: ([key]) => key,
      }),
      records: fc.array(record, { minLength: 1, maxLength: 14 }),
      mode: fc.constantFrom("upsert", "upsert", "ignore", "update"),
      where: fc.constantFrom(null, null, "excluded.n > target.n"),
      sets: fc.constantFrom({}, {}, { n: "target.n + 1" }),
      way: fc.constantFrom(...ways),
    })
    .map((each) => (each.mode === "ignore" ? { ...each, where: null, sets: {} } : each));
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const image = (): Promise<(string | null)[][]> =>
    database.rows("select id, n, boss from t order by id");

  const start = async ({ there }: Case): Promise<void> => {
    await database.reset();
    for (const sql of TABLES) await database.exec(sql);
    for (const [key, n] of there) {
      await database.exec(`insert into t (id, n) values (${key}, ${n ?? "null"})`);
    }
  };

  const reference = ({ mode, where, sets }: Case): ReferenceLoad => ({
    engine: engine.name,
    table: "t",
    columns: { id: "integer", n: "integer", boss: "integer" },
    defaults: {},
    key: ["id"],
    mode,
    updateColumns: ["n"],
    sets,
    where,
    records: [],
  });

  /** Both passes, one record at a time; `null`: a late value is refused. */
  const applied = async (each: Case): Promise<Record<string, number> | null> => {
    const load = reference(each);
    const records = each.records.map((one) =>
      Object.fromEntries(Object.entries(one).filter(([column]) => column !== "boss")),
    );
    const { fates } = await applyReference(database, { ...load, records });
    const found = fates.map((fate, at): Fate => {
      const updates = each.mode !== "ignore" && each.where === null;
      return fate === "ignored" && updates && "boss" in (each.records[at] ?? {})
        ? "unchanged"
        : fate;
    });
    const second = { ...load, mode: "update", updateColumns: ["boss"], sets: {} } as const;
    for (const [at, fate] of found.entries()) {
      const { id: key = null, boss } = each.records[at] ?? {};
      if (boss === undefined || !["inserted", "updated", "unchanged"].includes(fate)) continue;
      const late = { ...second, where: null, records: [{ id: key, boss }] };
      const [became] = (await applyReference(database, late)).fates;
      if (became === "rejected") return null;
      if (became === "updated" && fate === "unchanged") found[at] = "updated";
    }
    const counts: Record<string, number> = {};
    for (const fate of found) counts[fate] = (counts[fate] ?? 0) + 1;
    return counts;
  };

  const holds = async (each: Case): Promise<void> => {
    const { records, mode, where, sets, way } = each;
    await start(each);
    const before = await image();
    const counts = await applied(each);
    const expected = counts === null ? before : await image();

    await start(each);
    const flags = ["--key", "id", "--mode", mode, "--late", "boss"];
    if (where !== null) flags.push("--update-where", where);
    for (const [column, sql] of Object.entries(sets)) flags.push("--set", `${column} = ${sql}`);
    const input = records.map((one) => `${JSON.stringify(one)}\n`).join("");
    const from = { folder: temporary.path, table: "t", extension: "ndjson", input, flags } as const;
    const result = await runLoad(database, from, way);
    const shown = `${wayTitle(way)} ${flags.join(" ")}\n${JSON.stringify(each.there)}\n${input}${result.output}`;

    expect(await image(), shown).toEqual(expected);
    expect(result.error, shown).toBe(counts === null ? "LATE_VALUE" : null);
    if (counts !== null) expect(result.counts, shown).toEqual(counts);
  };

  test("rows that refer to each other, in any order", async () => {
    const ways = waysOf(engine, [1, 3, 1000]);
    const numRuns = timesOf(engine.name === "sqlserver" ? "late, translated" : "late");
    await fc.assert(fc.asyncProperty(casesOf(ways), holds), { numRuns });
  });
});
