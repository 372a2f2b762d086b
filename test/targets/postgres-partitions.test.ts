/** Partitioned tables: rows that an update moves to another partition, and triggers that change what is proposed. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
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

  describe.each(["150000", "180000"])(
    "with a trigger before inserts, as of version %s",
    (version) => {
      beforeEach(async () => {
        vi.stubEnv("UPSURGE_TEST_POSTGRES_METHODS", version);
        await database.exec(`create function refuse() returns trigger language plpgsql as $$ begin
          if new.n = 0 then raise exception 'no zero'; end if;
          if new.n < 0 then return null; end if;
          new.n := new.n * 10; return new;
        end $$;
        create trigger refuses before insert or update on t_2 for each row execute function refuse()`);
      });
      afterEach(() => void vi.unstubAllEnvs());
      const RECORDS =
        "id,region,n\n1,1,5\n1,1,6\n2,2,5\n2,2,7\n3,2,0\n3,2,8\n3,2,-1\n4,3,-1\n5,3,2\n5,3,2\n2,2,0\n";

      test.each(["auto", "native", "select-then-write"])("--strategy %s", async (strategy) => {
        const keyed = ["--key", "id,region", "--max-rejects", "9", "--strategy", strategy];
        for (const how of ["staged 1000", "staged 3", "arrays 3", "values 3"]) {
          const [source = "", batch = ""] = how.split(" ");
          await database.exec("truncate t; insert into t values (1, 1, 5), (2, 2, 5)");
          const flags = [...keyed, "--row-source", source, "--batch-rows", batch];
          const { exit, counts } = await report(RECORDS, flags);
          const told = { inserted: 2, updated: 2, unchanged: 3, suppressed: 2, rejected: 2 };
          expect([how, exit, counts]).toEqual([how, 3, told]);
          const rows = await database.rows("select * from t order by id, region");
          expect(rows).toEqual([
            ["1", "1", "6"],
            ["2", "2", "700"],
            ["3", "2", "80"],
            ["5", "3", "20"],
          ]);
        }
      });

      test.each(["auto", "native"])("that changes the key, --strategy %s", async (strategy) => {
        await database.exec(`truncate t;
          create function halve() returns trigger language plpgsql as $$ begin new.id := new.id / 2; return new; end $$;
          create trigger halves before insert on t_1 for each row execute function halve();
          create function keep() returns trigger language plpgsql as $$ begin if new.n = 9 then return null; end if; return new; end $$;
          create trigger keeps before update on t_1 for each row execute function keep()`);
        const input = "id,region,n\n1,1,1\n2,1,2\n3,1,3\n0,1,4\n1,1,9\n0,1,4\n";
        const { exit, counts } = await report(input, [
          "--key",
          "id,region",
          "--strategy",
          strategy,
        ]);
        expect([exit, counts]).toEqual([
          0,
          { inserted: 2, updated: 2, unchanged: 1, suppressed: 1 },
        ]);
        const rows = await database.rows("select id, n from t order by id");
        expect(rows.map((row) => row.join(" "))).toEqual(["0 4", "1 3"]);
      });
    },
  );
});
