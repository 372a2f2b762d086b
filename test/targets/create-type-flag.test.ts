/** `--create` and `--alter` beside flags that fill a column whose type no value tells. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import { JobShell } from "../helpers/job-shell.ts";

const FLAGS = [
  ["--lookup", "ref = other(name = n) -> id"],
  ["--stamp", "ref = 5"],
  ["--set", "ref = 5"],
  ["--late", "ref"],
] as const;

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  test.each(FLAGS)("the fix asks for the type of what %s fills", async (flag, value) => {
    for (const way of ["--create", "--alter"]) {
      await database.reset();
      const shell = new JobShell(engine, database);
      await database.exec("create table other (id int primary key, name varchar(9) unique)");
      if (way === "--alter") await database.exec("create table t (id int primary key, n int)");
      shell.write("in.csv", "id,n\n1,\n");
      const given = ["in.csv", way, "--key", "id", flag, value];

      const refused = await shell.bare(given);
      const loaded = await shell.bare([...given, "--type", "ref:int"]);

      expect([refused.exit, refused.code], refused.stderr).toEqual([2, "PLAN_UNKNOWN_COLUMN"]);
      expect(refused.fix).toBe("add --type 'ref:TYPE', which creates the column");
      expect(loaded.exit, loaded.stderr).toBe(0);
      expect(await database.rows("select count(ref) from t")).toEqual([
        [flag === "--stamp" ? "1" : "0"],
      ]);
    }
  });
});
