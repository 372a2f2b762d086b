/**
 * One suite for every target: each case runs over every strategy, row source and batch size, which change nothing.
 * After each load the counts must add up, and a second load of an upsert must find nothing to do where it can.
 */
import { describe, expect, test } from "vitest";
import { ENGINES, sizesFor, useDatabase, waysFor, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Engine, TestDatabase, Way } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import type { LoadResult } from "../helpers/load.ts";
import { forEngine, setupFor } from "./cases/case.ts";
import type { Case } from "./cases/case.ts";
import { MODE_CASES } from "./cases/modes.ts";
import { ROW_CASES } from "./cases/rows.ts";
import { TABLE_CASES, VIEW_CASE } from "./cases/tables.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { firstTests } from "../tiers/tiers.ts";

const BATCH_ROWS = [2, 1, 7, 1000];

interface Place {
  readonly engine: Engine;
  readonly database: TestDatabase;
  readonly temporary: { readonly path: string };
}

function run({ database, temporary }: Place, each: Case, way: Way): Promise<LoadResult> {
  const { table = "t", csv, ndjson, flags } = each;
  const extension = csv === undefined ? "ndjson" : "csv";
  const input = csv ?? ndjson ?? "";
  return runLoad(database, { folder: temporary.path, table, extension, input, flags }, way);
}

async function expectCase(place: Place, each: Case, way: Way): Promise<void> {
  const { engine, database } = place;
  await database.reset();
  await database.exec(setupFor(each.setup, engine.name));

  const result = await run(place, each, way);

  if (way.strategy === "native" && each.notNative?.includes(engine.name) === true) {
    expect([result.exit, result.error], result.output).toEqual([2, "PLAN_UNSUPPORTED"]);
    return;
  }
  expect(result.counts, result.output).toEqual(forEngine(each.counts, engine.name));
  const counted = Object.values(result.counts).reduce((sum, count) => sum + count, 0);
  expect(counted).toBe(result.read);
  expect(await database.rows(each.check ?? "select * from t order by 1")).toEqual(
    forEngine(each.rows, engine.name),
  );
  const rejects = result.rejects.map(({ record, code, dbCode }) => ({ record, code, dbCode }));
  expect(rejects).toEqual(forEngine(each.rejects ?? [], engine.name));
  expect(result.exit).toBe(rejects.length > 0 ? 3 : 0);
}

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  const place = { engine, database, temporary };
  const ways = waysOf(
    engine,
    sizesFor(engine, firstTests("batch sizes of single tests", BATCH_ROWS)),
  );

  const cases = [...MODE_CASES, ...TABLE_CASES, ...ROW_CASES]
    .filter(({ engines }) => engines?.includes(engine.name) ?? true)
    .map((each, at) => [each.title, each, waysFor("conformance", engine, BATCH_ROWS, at)] as const)
    .filter(([, , waysOfCase]) => waysOfCase.length > 0);
  describe.each(cases)("%s", (_title, each, waysOfCase) => {
    test.each(waysOfCase.map((way) => [wayTitle(way), way] as const))("%s", async (_, way) => {
      await expectCase(place, each, way);
    });
  });

  loadsThatLook(place, ways);

  test.each([
    ["a key that several rows share", ["--key", "v"], "PLAN_KEY_NOT_UNIQUE"],
    [
      "an expression that names no column",
      ["--key", "k", "--set", "v = target.nosuch"],
      "PLAN_EXPRESSION",
    ],
    ["a condition that is no SQL", ["--key", "k", "--update-where", "1 = = 2"], "PLAN_EXPRESSION"],
    ["a stamp that is no SQL", ["--key", "k", "--stamp", "v = nosuch("], "PLAN_EXPRESSION"],
  ])("refuses before it writes: %s", async (_, flags, code) => {
    await database.reset();
    // As a key, v must be a text that can be compared.
    const setup =
      "create table t (k int primary key, v text); insert into t values (1, 'a'), (2, 'a');";
    await database.exec(setupFor(setup, engine.name));
    const way = { strategy: "select-then-write", rowSource: "auto", batchRows: 10 };

    const result = await runLoad(
      database,
      { folder: temporary.path, table: "t", extension: "csv", input: "k,v\n1,x\n", flags },
      way,
    );

    expect([result.exit, result.error], result.output).toEqual([2, code]);
    expect(await database.rows("select * from t order by k")).toEqual([
      ["1", "a"],
      ["2", "a"],
    ]);
  });

  test.each(ways.map((way) => [wayTitle(way), way] as const))(
    "loading twice changes nothing: %s",
    async (_, way) => {
      await database.reset();
      await database.exec("create table t (id int primary key, a text, b numeric(8, 2))");
      const lines = Array.from({ length: 8 }, (_each, id) => `${id},text ${id},${id}.50\n`);
      const load = {
        folder: temporary.path,
        table: "t",
        extension: "csv",
        input: `id,a,b\n${lines.join("")}`,
        flags: ["--key", "id"],
      } as const;

      const first = await runLoad(database, load, way);
      const second = await runLoad(database, load, way);

      expect(first.counts, first.output).toEqual({ inserted: 8 });
      expect(second.counts, second.output).toEqual({ unchanged: 8 });
    },
  );
});

/** Loads whose rows must be looked for: no conflict of an index finds them. */
function loadsThatLook(place: Place, ways: readonly Way[]): void {
  const { engine, database } = place;
  const titled = ways.map((way) => [wayTitle(way), way] as const);
  const looking = titled.filter(([, { strategy }]) => strategy === "select-then-write");

  test.each(looking)("a view: %s", async (_, way) => {
    await expectCase(place, VIEW_CASE, way);
  });

  test.each(looking)("--null-key match finds the row whose key is NULL: %s", async (_, way) => {
    const each: Case = {
      title: "match",
      setup: "create table t (k int unique, v text); insert into t values (null, 'x');",
      csv: "k,v\n,a\n,a\n,b\n1,c\n1,d\n",
      flags: ["--key", "k", "--null-key", "match"],
      counts: { updated: 3, unchanged: 1, inserted: 1 },
      check: "select * from t order by v",
      rows: [
        [null, "b"],
        ["1", "d"],
      ],
    };
    await expectCase(place, each, way);
  });

  const title =
    "a key without a unique index: ON CONFLICT cannot, MERGE and select-then-write do it";
  test.each(titled)(`${title}: %s`, async (_, way) => {
    const setup = "create table t (k int, v text); insert into t values (1, 'a'), (2, 'b');";
    const each: Case = {
      title: "no index",
      setup,
      csv: "k,v\n1,x\n2,b\n3,c\n3,d\n",
      flags: ["--key", "k"],
      counts: { updated: 2, unchanged: 1, inserted: 1 },
      rows: [
        ["1", "x"],
        ["2", "b"],
        ["3", "d"],
      ],
    };
    const takesAny = way.strategy === "select-then-write" || engine.name === "sqlserver";
    if (takesAny) return await expectCase(place, each, way);
    await database.reset();
    await database.exec(setup);
    const result = await run(place, each, way);
    expect([result.exit, result.error], result.output).toEqual([2, "PLAN_NO_CONFLICT_TARGET"]);
  });
}
