/** Ways out that an error prints where the first try of a newcomer cannot work: each is typed, and does what it says. */
import { hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { loadShell } from "../helpers/load-shell.ts";

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const { run, report } = loadShell(database);

  test("several pairs in one --map are told to be repeated", async () => {
    await database.reset();
    await database.exec("create table t (id int primary key, n int)");
    const text = "nr,count\n1,2\n";

    const joined = await run(text, ["--map", "nr:id,count:n"]);
    const repeated = await report(text, ["--map", "nr:id", "--map", "count:n"]);

    expect([joined.exitCode, joined.stderr]).toEqual([
      2,
      expect.stringContaining("repeat --map for each field: --map 'a:b' --map 'c:d'"),
    ]);
    expect(repeated.counts).toEqual({ inserted: 1 });
  });

  test.runIf(engine.name !== "sqlserver")(
    "a field without a column is read by --value, and then by --set",
    async () => {
      await database.reset();
      await database.exec("create table t (id int primary key, n int)");
      await database.exec("insert into t values (1, 5)");
      const text = "id,more\n1,2\n";
      const flags = ["--key", "id", "--map", "more:"];

      const refused = await report(text, [...flags, "--set", "n = target.n + excluded.more"]);
      const loaded = await report(text, [
        ...flags,
        "--value",
        "n = excluded.more",
        "--set",
        "n = target.n + excluded.n",
      ]);

      expect([refused.exit, refused.code]).toEqual([2, "PLAN_EXPRESSION"]);
      expect(refused.fix).toContain('--value "COLUMN = excluded.more"');
      expect([loaded.exit, loaded.counts]).toEqual([0, { updated: 1 }]);
      expect(await database.rows("select n from t")).toEqual([["7"]]);
    },
  );

  test.runIf(engine.name === "sqlserver")(
    "the words of a boolean are made 1 and 0 by an expression",
    async () => {
      await database.reset();
      await database.exec("create table t (id int primary key, b bit)");
      const text = "id,b\n1,t\n2,f\n3,\n";

      const { fix } = await report(text, ["--key", "id"]);
      const printed = /pass --value '(.*)', which/.exec(fix)?.[1]?.replaceAll("'\\''", "'") ?? "";
      const loaded = await report(text, ["--key", "id", "--value", printed]);

      expect([loaded.exit, loaded.counts]).toEqual([0, { inserted: 3 }]);
      expect(await database.rows("select b from t order by id")).toEqual([["1"], ["0"], [null]]);
    },
  );

  test.runIf(engine.name === "postgres")(
    "no wider column is advised for what a row or a key has no room for",
    async () => {
      await database.reset();
      const names = Array.from({ length: 1200 }, (_, at) => `c${at}`);
      await database.exec(`create table t (id int primary key, ${names.join(" bigint, ")} bigint)`);
      const wide = await report(`id,${names.join(",")}\n1,${names.map(() => "1").join(",")}\n`, [
        "--key",
        "id",
      ]);
      await database.exec("drop table t; create table t (id text primary key)");
      // Of no pattern, which would be compressed.
      const digits = Array.from({ length: 100 }, (_, at) => hash("sha512", `${at}`)).join("");
      const long = await report(`id\n${digits}\n`, ["--key", "id"]);

      expect([wide.exit, wide.fix]).toEqual([4, expect.stringContaining("leave fields out")]);
      expect([long.exit, long.fix]).toEqual([4, expect.stringContaining("shorten the text")]);
      expect(`${wide.fix}${long.fix}`).not.toContain("widen the column");
    },
  );
});
