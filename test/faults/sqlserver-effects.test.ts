/**
 * SQL Server, when an error does to the transaction what we have not read in its documentation: a load comes to the same end
 * whether the error undoes its statement, leaves a transaction that can only be rolled back, or takes it away at once.
 */
import type { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Effect } from "../support/tsql/raised.ts";
import { until } from "../helpers/until.ts";
import { having, loading, nth, runFaulty, tell, useFaultyServer } from "./sqlserver-support.ts";

const db = useFaultyServer();

/** How often a load has begun to write. */
const tries = (): number => db.requests.filter(having(/sp_getapplock/)).length;

const TRIGGER = "CREATE TRIGGER seen ON t AFTER INSERT, UPDATE AS DELETE FROM log";

describe.each<Effect>(["statement", "doom", "rollback"])("an overflow, effect %s", (effect) => {
  const INPUT = "id,n\n1,1\n2,200\n3,3\n4,4\n";

  beforeEach(async () => {
    db.effects = { 220: effect, 8115: effect };
    await tell(
      await db.session(),
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n tinyint, big int)",
      "INSERT INTO t VALUES (1, 100, 1), (2, 100, 2147483647), (3, 100, 1)",
      "CREATE TABLE log (id int)",
    );
  });

  const WAYS = [
    ["220", "n = target.n + excluded.n", "1000"],
    ["8115", "big = target.big + excluded.n", "2"],
    ["8115", "big = target.big + excluded.n", "1"],
  ] as const;

  test.each(WAYS)("%s of %s rejects its record, batches of %s", async (number, set, size) => {
    const flags = ["--set", set, "-b", size, "--max-rejects", "1", "--rewrite-unchanged"];
    const result = await runFaulty(db, { input: INPUT, flags });
    const counts = { read: 4, inserted: 1, updated: 2, rejected: 1 };
    expect(result).toMatchObject({ exit: 3, counts });
    expect(result.rejects).toEqual([
      expect.objectContaining({ record: 2, code: "ROW_RANGE", dbCode: number }),
    ]);
    // Only a transaction that is lost makes the load start again.
    if (effect === "statement") expect(tries()).toBe(1);
    else expect(tries()).toBeGreaterThan(1);
  });

  test("rejects its record where rows go one at a time", async () => {
    await tell(await db.session(), TRIGGER);
    const flags = ["--set", "big = target.big + excluded.n", "--max-rejects", "1"];
    const result = await runFaulty(db, { input: INPUT, flags });
    expect(result).toMatchObject({ exit: 3, counts: { inserted: 1, updated: 2, rejected: 1 } });
    expect(tries()).toBe(effect === "statement" ? 1 : 2);
  });
});

describe.each<Effect>(["doom", "rollback"])("the victim of a deadlock, effect %s", (effect) => {
  let other: Client;

  beforeEach(async () => {
    db.effects = { 1205: effect };
    await tell(
      await db.session(),
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)",
      "INSERT INTO t VALUES (1, 0), (2, 0)",
      "CREATE TABLE log (id int)",
    );
    other = await db.postgres();
  });

  afterEach(() => other.end());

  /** The other session waits for the load's row, until the load has given way. */
  async function meanwhile(): Promise<void> {
    const { rows } = await other.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    void other.query("UPDATE dbo.t SET n = 7 WHERE id = 1").then(() => other.query("ROLLBACK"));
    const look = await db.postgres();
    const waits = `SELECT FROM pg_locks WHERE NOT granted AND pid = ${rows[0]?.pid ?? 0}`;
    await until(
      "the other session waits",
      async () => (await look.query(waits)).rowCount,
      (waiting) => waiting === 1,
    );
    await look.end();
  }

  test.each(["as sets", "one row at a time"])("starts again, %s", async (how) => {
    if (how !== "as sets") await tell(await db.session(), TRIGGER);
    // It never looks for a deadlock itself, so the load finds it and is its victim.
    await other.query("SET deadlock_timeout = '10min'; BEGIN; UPDATE dbo.t SET n = 7 WHERE id = 2");
    const batches = having(/^SET XACT_ABORT OFF[\s\S]*MERGE/i);
    db.troubles = nth(2, loading(batches), { meanwhile });
    const result = await runFaulty(db, { input: "id,n\n1,10\n2,20\n3,30\n", flags: ["-b", "1"] });
    expect(result).toMatchObject({ exit: 0, counts: { read: 3, inserted: 1, updated: 2 } });
    expect(tries()).toBe(2);
    const rows = await tell(await db.session(), "SELECT id, n FROM t ORDER BY id");
    expect(rows).toEqual([
      ["1", "10"],
      ["2", "20"],
      ["3", "30"],
    ]);
  });
});
