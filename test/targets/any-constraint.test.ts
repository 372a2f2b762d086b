/** What `--ignore --any-constraint` takes for a conflict: a key of the table, and no key that a trigger violates elsewhere. */
import { beforeEach, describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import { loadShell } from "../helpers/load-shell.ts";

/** New; refused by the log; the same key; another key that is taken; new. */
const INPUT = "id,e,n\n1,1,5\n2,2,5\n1,7,6\n3,1,7\n4,4,8\n";
const COUNTED = { inserted: 2, ignored: 2, rejected: 1 };

const TRIGGERS = {
  sqlite: {
    before: "create trigger logs before insert on t begin insert into log values (new.n); end",
    after: "create trigger logs after insert on t begin insert into log values (new.n); end",
  },
  postgres: {
    before: "create trigger logs before insert on t for each row execute function logs()",
    after: "create trigger logs after insert on t for each row execute function logs()",
  },
};

describe.each(tableEngines().filter(({ name }) => name !== "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);
  const { report } = loadShell(database);
  const triggers = TRIGGERS[engine.name === "sqlite" ? "sqlite" : "postgres"];
  const pairs = (["after", "before"] as const).flatMap((time) =>
    (["native", "select-then-write"] as const).map((strategy) => [time, strategy] as const),
  );
  beforeEach(async () => {
    await database.reset();
    await database.exec("create table t (id int primary key, e int unique, n int)");
    await database.exec("create table log (n int unique)");
    if (engine.name === "postgres") {
      await database.exec(`create function logs() returns trigger language plpgsql as $$ begin
        insert into log values (new.n); return new; end $$`);
    }
  });

  test.each(pairs)("a trigger %s inserts that violates its own key, %s", async (time, strategy) => {
    await database.exec(triggers[time]);
    for (const source of engine.rowSources) {
      for (const batch of ["1", "1000"]) {
        await database.exec("delete from t; delete from log");
        const flags = [
          "--ignore",
          "--any-constraint",
          "--max-rejects",
          "9",
          "--strategy",
          strategy,
        ];
        const how = ["--row-source", source, "--batch-rows", batch];
        const { exit, counts } = await report(INPUT, [...flags, ...how]);
        expect([exit, counts]).toEqual([3, COUNTED]);
        const rows = await database.rows("select id, e, n from t order by id");
        expect(rows.map((row) => row.join(" "))).toEqual(["1 1 5", "4 4 8"]);
      }
    }
  });
});
