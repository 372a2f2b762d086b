/** Which temporary tables a transaction on PostgreSQL has: made when they are needed, and gone with a savepoint that is undone. */
import { expect, test } from "vitest";
import { MadeTables } from "../../../../src/targets/postgres/stage/made-tables.ts";

const ddl = (): readonly string[] => ["create a"];

test("a table is made once, and emptied after that", () => {
  const tables = new MadeTables();
  expect(tables.has("a")).toBe(false);
  expect(tables.ready("a", ddl)).toEqual(["create a"]);
  expect(tables.ready("a", ddl)).toEqual(["truncate a"]);
  expect(tables.has("a")).toBe(true);
});

test("what was made after a savepoint is gone when that is undone, and what was made before it is not", () => {
  const tables = new MadeTables();
  tables.ready("before", ddl);
  tables.sends("savepoint outer");
  tables.ready("between", ddl);
  tables.sends("savepoint inner");
  tables.ready("inside", ddl);
  tables.sends("rollback to savepoint inner");
  expect(["before", "between", "inside"].map((name) => tables.has(name))).toEqual([
    true,
    true,
    false,
  ]);
  tables.sends("rollback to savepoint outer");
  expect(tables.ready("between", ddl)).toEqual(["create a"]);
  expect(tables.ready("before", ddl)).toEqual(["truncate before"]);
});

test("a savepoint that is given up keeps what was made in it", () => {
  const tables = new MadeTables();
  tables.sends("savepoint a");
  tables.ready("a", ddl);
  tables.sends("release savepoint a");
  expect(tables.has("a")).toBe(true);
});
