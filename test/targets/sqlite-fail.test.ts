/** SQLite undoes a statement that fails, unless the schema says FAIL: of a record that is rejected nothing stays all the same. */
import { beforeEach, describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import { loadShell } from "../helpers/load-shell.ts";

describe.each(tableEngines().filter(({ name }) => name === "sqlite"))("$title", (engine) => {
  const database = useDatabase(engine);
  const { report } = loadShell(database);
  beforeEach(async () => {
    await database.reset();
    await database.exec(
      "create table t (id integer primary key, n int); create table log (what, id unique)",
    );
  });
  /** A new row, one that is there, one that is refused, the same again, and one that is let through after it. */
  const INPUT = "id,n\n1,5\n2,6\n3,13\n2,13\n3,7\n";
  const MODES: readonly (readonly [string, readonly string[], readonly unknown[]])[] = [
    ["insert", [], [{ inserted: 2, rejected: 3 }, ["1 5", "2 0", "3 7"]]],
    ["upsert", ["--key", "id"], [{ inserted: 2, updated: 1, rejected: 2 }, ["1 5", "2 6", "3 7"]]],
    [
      "select-then-write",
      ["--key", "id", "--strategy", "select-then-write"],
      [{ inserted: 2, updated: 1, rejected: 2 }, ["1 5", "2 6", "3 7"]],
    ],
    [
      "ignore",
      ["--key", "id", "--ignore"],
      [{ inserted: 2, ignored: 2, rejected: 1 }, ["1 5", "2 0", "3 7"]],
    ],
    [
      "update",
      ["--key", "id", "--mode", "update"],
      [{ updated: 1, skipped: 3, rejected: 1 }, ["2 6"]],
    ],
  ];
  const SCHEMAS = {
    "RAISE(FAIL) in a trigger": "select raise(fail, 'no') where new.n = 13",
    "INSERT OR FAIL in a trigger":
      "insert into log values ('seen', new.n); insert or fail into log select 'twice', 13 where new.n = 13",
  };

  describe.each(Object.entries(SCHEMAS))("%s", (_, body) => {
    test.each(MODES)("--mode %s", async (_mode, flags, [counted, rows]) => {
      for (const batch of ["1", "1000"]) {
        await database.reset();
        await database.exec(`create table t (id integer primary key, n int); create table log (what, id unique);
          insert into t values (2, 0);
          create trigger inserted after insert on t begin ${body}; end;
          create trigger updated after update on t begin ${body}; end`);
        const shared = ["--max-rejects", "9", "--batch-rows", batch];
        const { exit, counts } = await report(INPUT, [...flags, ...shared]);
        expect([exit, counts]).toEqual([3, counted]);
        expect(await held("select id, n from t order by id")).toEqual(rows);
        expect(await held("select what, id from log where id = 13")).toEqual([]);
      }
    });
  });

  test("ON CONFLICT FAIL of a constraint, behind a trigger", async () => {
    await database.exec(`drop table t; create table t (id integer primary key, n int unique on conflict fail);
      create trigger logs before insert on t begin insert into log values ('seen', new.id); end`);
    const flags = ["--key", "id", "--max-rejects", "9"];
    const { counts } = await report("id,n\n1,5\n2,5\n3,6\n", flags);
    expect(counts).toEqual({ inserted: 2, rejected: 1 });
    expect(await held("select what, id from log order by id")).toEqual(["seen 1", "seen 3"]);
  });

  test("--delete-when", async () => {
    await database.exec(`insert into t values (1, 1), (2, 2);
      create trigger keeps after delete on t when old.id = 2 begin select raise(fail, 'no'); end`);
    const flags = ["--key", "id", "--delete-when", "op=d", "--extra-fields", "ignore"];
    const { counts } = await report("id,op\n1,d\n2,d\n", [...flags, "--max-rejects", "9"]);
    expect(counts).toEqual({ deleted: 1, rejected: 1 });
    expect(await held("select id, n from t")).toEqual(["2 2"]);
  });

  async function held(sql: string): Promise<string[]> {
    return (await database.rows(sql)).map((row) => row.join(" "));
  }
});
