/**
 * The cases of the conformance suite over distributed servers, as they are played: all come out as on PostgreSQL, but for those
 * that lean on what a server does not have.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import type { LoadResult } from "../helpers/load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";
import { play } from "../support/makers/played-server.ts";
import type { Played } from "../support/makers/played-server.ts";
import { COCKROACH, DSQL, YUGABYTE } from "../support/makers/rules.ts";
import { takesTurn } from "../tiers/tiers.ts";
import { forEngine, setupFor } from "./cases/case.ts";
import type { Case } from "./cases/case.ts";
import { MODE_CASES } from "./cases/modes.ts";
import { ROW_CASES } from "./cases/rows.ts";
import { TABLE_CASES } from "./cases/tables.ts";

const SERVERS = [
  ["YugabyteDB", YUGABYTE, [], []],
  [
    "CockroachDB",
    COCKROACH,
    [],
    [
      // It partitions an index, not a table into tables.
      "repeats: columns of a partition key and of an index with a condition",
      // ON CONFLICT takes no expressions: refused, which distributed-cockroach holds.
      "a unique index on an expression, by its name",
      // Its INSERT has no OVERRIDING SYSTEM VALUE: refused.
      "a trigger that drops rows, where rows are ignored by an id that the database makes",
    ],
  ],
  ["Aurora DSQL", DSQL, [], []],
] as const;

const SIZES = [1000, 1, 7];

const [engine] = ENGINES.filter(({ name }) => name === "postgres");
if (engine === undefined) throw new Error("there is no PostgreSQL");

describe.each(SERVERS)("%s", (name, rules, flags, without) => {
  const database = useDatabase(engine);
  const temporary = useTempDir();
  let server: Played;

  beforeAll(async () => void (server = await play(database.url, rules)));
  afterAll(async () => await server.close());

  async function run(each: Case, batchRows: number): Promise<LoadResult> {
    await database.reset();
    await database.exec(setupFor(each.setup, "postgres"));
    const { table = "t", csv, ndjson } = each;
    const extension = csv === undefined ? "ndjson" : "csv";
    const input = csv ?? ndjson ?? "";
    const way = { strategy: "auto", rowSource: "arrays", batchRows };
    return await runLoad(
      { ...database, url: server.url(database.url) },
      { folder: temporary.path, table, extension, input, flags: [...each.flags, ...flags] },
      way,
    );
  }

  // Each case comes to each size on one of the servers; each server is met with each size.
  const turn = SERVERS.findIndex(([each]) => each === name);
  const all = [...MODE_CASES, ...TABLE_CASES, ...ROW_CASES];
  const cases = all
    .map((each, at) => [each.title, SIZES[(at + turn) % SIZES.length] ?? 1000, each] as const)
    .filter((_, at) => takesTurn("distributed servers", SERVERS.length, { at, turn }))
    .filter(([, , { engines }]) => engines?.includes("postgres") ?? true)
    .filter(([title]) => !without.some((each) => each === title));

  test("what is left out is a case", () => {
    expect(without.filter((title) => !all.some((each) => each.title === title))).toEqual([]);
  });

  test.each(cases)("%s, in batches of %i", async (_title, batchRows, each) => {
    const result = await run(each, batchRows);

    expect(result.counts, result.output).toEqual(forEngine(each.counts, "postgres"));
    expect(await database.rows(each.check ?? "select * from t order by 1")).toEqual(
      forEngine(each.rows, "postgres"),
    );
    const rejects = result.rejects.map(({ record, code, dbCode }) => ({ record, code, dbCode }));
    expect(rejects).toEqual(forEngine(each.rejects ?? [], "postgres"));
  });
});
