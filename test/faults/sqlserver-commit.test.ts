/** SQL Server, when the commit goes wrong: it is not counted as success, nor as failure when nobody can know. */
import { beforeEach, expect, test } from "vitest";
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
import type { Rows, Trouble } from "./sqlserver-support.ts";

const db = useFaultyServer();

const INPUT = "id,n\n1,10\n2,20\n3,30\n";
const BEFORE = [["1", "0"]];
const LOADED = [
  ["1", "10"],
  ["2", "20"],
  ["3", "30"],
];
const COMMIT = having(/^COMMIT TRANSACTION$/);

beforeEach(async () => {
  const session = await db.session();
  await tell(
    session,
    "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)",
    "INSERT INTO t VALUES (1, 0)",
  );
});

async function table(): Promise<Rows> {
  return tell(await db.session(), "SELECT id, n FROM t ORDER BY id");
}

/** How often a load has tried. */
function commits(): number {
  return db.requests.filter(COMMIT).length;
}

const UNKNOWN: readonly (readonly [string, Trouble, Rows])[] = [
  ["cut before it runs", { before: "cut" }, BEFORE],
  ["cut after it ran, before its answer", { after: "cut" }, LOADED],
  ["ended by a fatal error before it runs", { before: serverError(3624, 21) }, BEFORE],
  ["ended by a fatal error after it ran", { after: serverError(3624, 21) }, LOADED],
  ["met by a failover after it ran", { after: serverError(40_197, 17) }, LOADED],
  ["met by a failover before it runs", { before: serverError(40_613, 17) }, BEFORE],
  ["ended as its process is", { after: serverError(40_143, 16) }, LOADED],
  ["answered by an error of no known meaning", { after: serverError(8623) }, LOADED],
];

test.each(UNKNOWN)("a commit that is %s", async (_name, trouble, kept) => {
  db.troubles = always(COMMIT, trouble);
  const result = await runFaulty(db, { input: INPUT });
  expect(result).toMatchObject({ exit: 75, code: "TARGET_OUTCOME_UNKNOWN" });
  expect(result.fix).toBe("look at the table: it holds either all of this load or none of it");
  // The report must not claim what nobody knows.
  expect(result.stderr).not.toContain("nothing was kept");
  expect(commits()).toBe(1);
  expect(await table()).toEqual(kept);
});

test("a commit without a transaction is refused, and nothing was kept", async () => {
  db.troubles = always(COMMIT, { instead: (sql) => `ROLLBACK TRANSACTION; ${sql}` });
  const result = await runFaulty(db, { input: INPUT });
  expect(result).toMatchObject({ exit: 4, code: "TARGET_COMMIT_REFUSED" });
  expect(result.cause).toContain("(3902)");
  expect(result.fix).toContain("run the same command again: nothing was kept");
  expect(commits()).toBe(1);
  expect(await table()).toEqual(BEFORE);
});

test("a commit in a transaction that is lost already is refused", async () => {
  const doom = "BEGIN TRY SELECT CONVERT(int, N'x') END TRY BEGIN CATCH END CATCH";
  db.troubles = always(COMMIT, { instead: (sql) => `${doom}; ${sql}` });
  const result = await runFaulty(db, { input: INPUT });
  expect(result).toMatchObject({ exit: 4, code: "TARGET_COMMIT_REFUSED" });
  expect(result.cause).toContain("(3930)");
  expect(await table()).toEqual(BEFORE);
});

test.each([
  ["falls victim to a deadlock", 1205],
  ["waits for a lock in vain", 1222],
  ["meets a row that another transaction has changed", 3960],
])("a commit that %s is begun again", async (_name, number) => {
  db.troubles = nth(1, COMMIT, { before: serverError(number, 13) });
  const result = await runFaulty(db, { input: INPUT });
  expect(result).toMatchObject({ exit: 0, counts: { read: 3, inserted: 2, updated: 1 } });
  expect(commits()).toBe(2);
  expect(await table()).toEqual(LOADED);
});

test("a commit that falls victim to a deadlock can be tried later", async () => {
  db.troubles = always(COMMIT, { before: serverError(1205, 13) });
  const result = await runFaulty(db, { input: INPUT, flags: ["--retry-timeout", "0"] });
  expect(result).toMatchObject({ exit: 75, code: "TARGET_BUSY" });
  expect(result.fix).toContain("run the same command later");
  expect(commits()).toBe(1);
  expect(await table()).toEqual(BEFORE);
});

test.each([
  ["a cut", "cut"],
  ["an error", serverError(8623)],
] as const)("a dry run whose end %s prevents is undone all the same", async (_name, before) => {
  db.troubles = always(loading(having(/^IF @@TRANCOUNT > 0 ROLLBACK/)), { before });
  const result = await runFaulty(db, { input: INPUT, flags: ["--dry-run"] });
  expect(result).toMatchObject({ exit: 0, counts: { read: 3, inserted: 2, updated: 1 } });
  expect(await table()).toEqual(BEFORE);
});

test("a transaction that planning could not end is not taken for the load's", async () => {
  // A COMMIT inside of another transaction commits nothing.
  db.troubles = nth(1, having(/^IF @@TRANCOUNT > 0 ROLLBACK/), { before: serverError(8623) });
  const result = await runFaulty(db, { input: INPUT });
  expect(result).toMatchObject({ exit: 4, code: "TARGET_STATEMENT" });
  expect(await table()).toEqual(BEFORE);
});
