/** Rows of a partitioned table that an update moves to another partition. */
import { beforeEach, describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import { loadShell } from "../helpers/load-shell.ts";

describe.each(tableEngines().filter(({ name }) => name === "postgres"))("$title", (engine) => {
  const database = useDatabase(engine);
  const { report } = loadShell(database);
  beforeEach(async () => {
    await database.reset();
    await database.exec(`create table t (id int, region int, n int, primary key (id, region)) partition by list (region);
      create table t_1 partition of t for values in (1);
      create table t_2 partition of t for values in (2, 3);`);
  });
  const INPUT = "id,region,n\n1,1,1\n2,2,2\n1,1,7\n1,2,8\n2,2,9\n";
  const MOVES = [
    "--key",
    "id,region",
    "--set",
    "region = case when excluded.n = 7 then 3 else target.region end",
  ];

  test.each(["staged", "arrays", "values"])("by %s", async (source) => {
    for (const batch of ["1", "2", "1000"]) {
      await database.exec("truncate t");
      const flags = [...MOVES, "--row-source", source, "--batch-rows", batch];
      const { exit, counts } = await report(INPUT, flags);
      expect([exit, counts]).toEqual([0, { inserted: 3, updated: 2 }]);
      const rows = await database.rows("select tableoid::regclass, * from t order by id, region");
      expect(rows).toEqual([
        ["t_2", "1", "2", "8"],
        ["t_2", "1", "3", "7"],
        ["t_2", "2", "2", "9"],
      ]);
    }
  });

  test("are none of an upsert's: asked for, it is refused in the plan", async () => {
    const refused = await report(INPUT, [...MOVES, "--strategy", "native"]);
    expect([refused.exit, refused.code]).toEqual([2, "PLAN_UNSUPPORTED"]);
    expect(refused.cause).toContain("to another partition");
    const { counts } = await report(INPUT, ["--key", "id,region", "--strategy", "native"]);
    expect(counts).toEqual({ inserted: 3, updated: 2 });
  });
});
