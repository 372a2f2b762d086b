/** SQL Server, when an answer is not one that was asked for: the load ends with an error, and is never taken for one without faults. */
import { beforeEach, expect, test } from "vitest";
import {
  always,
  having,
  nth,
  runFaulty,
  serverError,
  tell,
  useFaultyServer,
} from "./sqlserver-support.ts";

const db = useFaultyServer();

beforeEach(async () => {
  await tell(
    await db.session(),
    "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int CHECK (n < 90))",
  );
});

const INPUT = "id,n\n1,10\nx,20\n1,30\n";

test.each([
  ["what the server is", /'ProductVersion'/],
  ["the name of the table", /RTRIM\(o\.type\) AS type/],
  ["its shape", /HAS_PERMS_BY_NAME/],
  ["what its memory is", /is_memory_optimized/],
  ["the lock of other loads", /sp_getapplock/],
  ["values that do not fit", /^SET XACT_ABORT OFF[\s\S]*TRY_CONVERT/],
  ["repeats of a key", /row_number\(\)/i],
  ["what was written", /merge/i],
])("to the question of %s", async (_, question) => {
  db.troubles = always(having(question), { instead: () => "SELECT 1 AS something" });
  const result = await runFaulty(db, { input: INPUT, flags: ["--max-rejects", "5"] });
  expect(result).toMatchObject({ exit: 1, code: "INTERNAL" });
  expect(result.stderr).toContain("the server's answer is not understood");
  expect(await tell(await db.session(), "SELECT * FROM t")).toEqual([]);
});

test("that there is no room for the texts of a row ends the load, and is what it says", async () => {
  const bulk = having(/^insert bulk/);
  const undo = having(/^ROLLBACK TRANSACTION upsurge_batch/);
  // With XACT_ABORT ON the transaction is gone by then, and its savepoint.
  db.troubles = (request) => {
    if (bulk(request)) return { before: serverError(511) };
    return undo(request) ? { before: serverError(6401) } : undefined;
  };
  const result = await runFaulty(db, { input: INPUT, flags: ["--max-rejects", "5"] });
  expect(result).toMatchObject({ exit: 4, code: "TARGET_STATEMENT" });
  expect(result.cause).toMatch(
    /^the texts of a row cannot be staged: injected 511 \(511\); of its batch, record 1 of \S+, line 2, takes most room, with 2 texts$/,
  );
  expect(result.fix).toContain("--map 'FIELD:'");
  expect(await tell(await db.session(), "SELECT * FROM t")).toEqual([]);
});

test("is one that says that there are faults, and does not tell them", async () => {
  const query = "IF @doomed = 0 SELECT upsurge_ord, code";
  db.troubles = nth(2, having(/TRY_CONVERT/), {
    instead: (sql) => sql.slice(0, sql.lastIndexOf(query)),
  });
  const result = await runFaulty(db, { input: INPUT, flags: ["--max-rejects", "5"] });
  expect(result).toMatchObject({ exit: 1, code: "INTERNAL" });
  expect(await tell(await db.session(), "SELECT * FROM t")).toEqual([]);
});
