/** SQL Server, when others stand in the way: deadlocks are tried again from the first record, locks as long as it was said. */
import { beforeEach, describe, expect, test } from "vitest";
import { until } from "../helpers/until.ts";
import {
  always,
  having,
  loading,
  nth,
  runFaulty,
  serverError,
  tell,
  useFaultyServer,
} from "./sqlserver-support.ts";
import type { Rows } from "./sqlserver-support.ts";

const db = useFaultyServer();

const INPUT = "id,n\n1,10\n2,20\n3,30\n4,40\n5,50\n";
const BEFORE = [
  ["1", "0"],
  ["4", "40"],
];
const LOADED = ["1", "2", "3", "4", "5"].map((id) => [id, `${id}0`]);
const COUNTS = { read: 5, inserted: 3, updated: 1, unchanged: 1 };
const HINT = "run the same command later, or raise --lock-timeout or --retry-timeout";

const MERGES = having(/^SET XACT_ABORT OFF[\s\S]*MERGE/i);
/** What a guarded batch answers when its CATCH met a deadlock. */
const deadlockInGuard = (sql: string): string =>
  sql.replace("SELECT @number AS number", "ROLLBACK TRANSACTION; SELECT 1205 AS number");
const victim = serverError(1205, 13);

beforeEach(async () => {
  const session = await db.session();
  await tell(
    session,
    "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)",
    "INSERT INTO t VALUES (1, 0), (4, 40)",
  );
});

async function table(): Promise<Rows> {
  return tell(await db.session(), "SELECT id, n FROM t ORDER BY id");
}

describe("the victim of a deadlock", () => {
  test.each([
    ["in its first batch", [1]],
    ["in its last batch", [3]],
    ["twice in a row", [1, 2]],
    ["in the last batch, and in the second of the next try", [3, 5]],
  ])("%s starts again from the first record", async (_name, places) => {
    db.troubles = nth(places, loading(MERGES), { before: victim });
    const result = await runFaulty(db, { input: INPUT, flags: ["--batch-rows", "2"] });
    expect(result).toMatchObject({ exit: 0, code: null, counts: COUNTS });
    expect(await table()).toEqual(LOADED);
    expect(db.requests.filter(having(/^COMMIT/))).toHaveLength(1);
    expect(db.requests.filter(having(/sp_getapplock/))).toHaveLength(places.length + 1);
  });

  test("that the server tells inside of the guard starts again as well", async () => {
    db.troubles = nth(2, loading(MERGES), { instead: deadlockInGuard });
    const result = await runFaulty(db, { input: INPUT, flags: ["--batch-rows", "2"] });
    expect(result).toMatchObject({ exit: 0, counts: COUNTS });
    expect(await table()).toEqual(LOADED);
  });

  test.each([
    ["before a batch", { before: victim }],
    ["after a batch", { after: victim }],
  ])("time after time (%s) gives up", async (_name, trouble) => {
    db.troubles = always(loading(MERGES), trouble);
    const result = await runFaulty(db, { input: INPUT, flags: ["--retry-timeout", "400ms"] });
    expect(result).toMatchObject({ exit: 75, code: "TARGET_BUSY", fix: HINT });
    expect(result.cause).toContain("(1205)");
    expect(await table()).toEqual(BEFORE);
  });

  test.each([
    ["starts again from the first record", false, { exit: 0, counts: { read: 5, inserted: 5 } }],
    ["from standard input is not tried again", true, { exit: 75, code: "TARGET_BUSY", fix: HINT }],
  ])("%s where rows go straight into the table", async (_name, stdin, expected) => {
    await tell(await db.session(), "DELETE FROM t");
    const straight = having(/^insert bulk \[dbo\]\.\[t\]/i);
    db.troubles = nth(2, straight, { before: victim });
    const flags = ["--mode", "insert", "--batch-rows", "2"];
    expect(await runFaulty(db, { input: INPUT, flags, stdin })).toMatchObject(expected);
    expect(db.requests.filter(straight)).toHaveLength(stdin ? 2 : 5);
    expect(await table()).toHaveLength(stdin ? 0 : 5);
  });

  test("from standard input is not tried again", async () => {
    db.troubles = nth(1, loading(MERGES), { before: victim });
    const result = await runFaulty(db, { input: INPUT, stdin: true });
    expect(result).toMatchObject({ exit: 75, code: "TARGET_BUSY", fix: HINT });
    expect(await table()).toEqual(BEFORE);
  });

  test("while planning starts again", async () => {
    db.troubles = nth(1, MERGES, { before: victim });
    const result = await runFaulty(db, { input: INPUT });
    expect(result).toMatchObject({ exit: 0, counts: COUNTS });
    expect(await table()).toEqual(LOADED);
  });
});

describe.each([
  ["a row", ["BEGIN TRANSACTION", "UPDATE t SET n = 7 WHERE id = 1"]],
  [
    "the lock of another load",
    [
      "BEGIN TRANSACTION",
      "EXEC sp_getapplock @Resource = N'upsurge:[dbo].[t]', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 1000",
    ],
  ],
])("somebody who holds %s", (_name, holding) => {
  const flags = ["--batch-rows", "2", "--lock-timeout", "150ms", "--retry-timeout"];

  test("for too long ends the load", async () => {
    const holder = await db.session();
    await tell(holder, ...holding);
    const result = await runFaulty(db, { input: INPUT, flags: [...flags, "400ms"] });
    expect(result).toMatchObject({ exit: 75, code: "TARGET_BUSY", fix: HINT });
    expect(result.cause).toContain("(1222)");
    await tell(holder, "ROLLBACK TRANSACTION");
    expect(await table()).toEqual(BEFORE);
  });

  test("for too long ends the run of a job, which is noted as failed", async () => {
    const holder = await db.session();
    await tell(holder, ...holding);
    const job = [...flags, "0", "--job", "j", "--commit", "2"];
    const result = await runFaulty(db, { input: INPUT, flags: job });
    expect(result).toMatchObject({ exit: 75, code: "TARGET_BUSY" });
    await tell(holder, "ROLLBACK TRANSACTION");
    const states = await tell(await db.session(), "SELECT state FROM upsurge_checkpoint");
    expect(states).toEqual([["failed"]]);
  });

  test("for a while is waited for", async () => {
    const holder = await db.session();
    await tell(holder, ...holding);
    const running = runFaulty(db, { input: INPUT, flags: [...flags, "10m"] });
    // Each try begins with that, and the first two have failed by then.
    const tries = (): number => db.requests.filter(having(/sp_getapplock/)).length;
    await until("a third try", tries, (seen) => seen >= 3);
    await tell(holder, "ROLLBACK TRANSACTION");
    const result = await running;
    expect(result).toMatchObject({ exit: 0, counts: COUNTS });
    expect(await table()).toEqual(LOADED);
  });
});
