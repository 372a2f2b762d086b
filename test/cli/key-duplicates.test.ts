/** The fixes of a key that nothing holds unique: what is printed finds the rows that stand in their way. */
import Database from "better-sqlite3";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, shop } from "./shop.ts";

test("the printed query lists the keys that an index would refuse", async () => {
  const cwd = shop();
  const database = new Database(join(cwd, "shop.db"));
  try {
    database.exec("insert into orders values (2, 'tea', 3), (3, 'pot', 1)");

    const by = [...INTO_ORDERS.slice(0, -1), "item"];
    const { stderr } = await runUpsurge(["orders.csv", ...by], { cwd });

    const [, index = ""] = /(create unique index .*?\)),? /.exec(stderr) ?? [];
    const [, query = ""] = /no key has several rows: (select .* > 1)$/m.exec(stderr) ?? [];
    expect(() => database.exec(index)).toThrow("UNIQUE constraint failed");
    expect(database.prepare(query).raw().all()).toEqual([["tea", 2]]);
    database.exec("delete from orders where id = 2");
    expect(database.prepare(query).all()).toEqual([]);
    database.exec(index);
    expect((await runUpsurge(["orders.csv", ...by, "-n"], { cwd })).exitCode).toBe(0);
  } finally {
    database.close();
  }
});
