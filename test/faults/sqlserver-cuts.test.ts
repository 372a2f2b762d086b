/** SQL Server, when the connection is cut, or an error comes, in the middle of a load: all of it is kept, or none. */
import { beforeEach, describe, expect, test } from "vitest";
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
import type { Rows, Trouble, Which } from "./sqlserver-support.ts";
import { firstOf } from "../tiers/tiers.ts";

const db = useFaultyServer();

/** Five records, in three batches: the first meets a row, the others are new. */
const INPUT = "id,n\n1,10\n2,20\n3,30\n4,40\n5,50\n";
const BEFORE = [["1", "0"]];
const LOADED = ["1", "2", "3", "4", "5"].map((id) => [id, `${id}0`]);
const COUNTS = { read: 5, inserted: 4, updated: 1 };

/** Where a load can be hit; each is met three times, once for every batch. */
const WRITES = having(/^SET XACT_ABORT OFF[\s\S]*(?:merge|insert into) \[dbo\]/i);
const FILLS: Which = ({ kind, sql }) =>
  kind === "bulk" || sql.startsWith("INSERT INTO #upsurge_raw");
const STAGES = having(/^SET XACT_ABORT OFF[\s\S]*TRY_CONVERT/);

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

const WAYS = [
  ["native", "staged"],
  ["select-then-write", "values"],
] as const;

const CUTS: readonly (readonly [string, Which, Trouble])[] = [
  ["before a batch is written", WRITES, { before: "cut" }],
  ["after a batch was written, before the answer", WRITES, { after: "cut" }],
  ["in the middle of the answer's rows", WRITES, { atRow: { row: 1, fault: "cut" } }],
  ["before rows are sent", FILLS, { before: "cut" }],
  ["after rows were sent", FILLS, { after: "cut" }],
  ["while rows are staged", STAGES, { after: "cut" }],
  ["at a savepoint", having(/^SAVE TRANSACTION/), { after: "cut" }],
];

describe.each(firstOf("strategies under cuts", WAYS))("%s, %s", (strategy, rowSource) => {
  const flags = ["--strategy", strategy, "--row-source", rowSource, "--batch-rows", "2"];

  test.each(firstOf("moments of a cut", CUTS))(
    "a cut %s, once: the load starts again",
    async (_name, which, trouble) => {
      db.troubles = nth(2, loading(which), trouble);
      const result = await runFaulty(db, { input: INPUT, flags });
      expect(result).toMatchObject({ exit: 0, code: null, counts: COUNTS });
      expect(await table()).toEqual(LOADED);
      expect(db.requests.filter(({ sql }) => sql === "COMMIT TRANSACTION")).toHaveLength(1);
    },
  );
});

test.each(firstOf("moments of a cut", CUTS))(
  "a cut %s, every time: nothing is kept",
  async (_name, which, trouble) => {
    db.troubles = always(loading(which), trouble);
    const flags = ["--batch-rows", "2", "--retry-timeout", "400ms"];
    const result = await runFaulty(db, { input: INPUT, flags });
    expect(result).toMatchObject({ exit: 75, code: "TARGET_LOST" });
    expect(result.fix).toBe(
      "run the same command again; what was not committed was undone by the server",
    );
    expect(await table()).toEqual(BEFORE);
  },
);

test("a cut of a bulk load straight into the table, once", async () => {
  db.troubles = nth(2, ({ kind }) => kind === "bulk", { after: "cut" });
  const input = "id,n\n2,20\n3,30\n4,40\n5,50\n";
  const flags = ["--mode", "insert", "--batch-rows", "2"];
  const result = await runFaulty(db, { input, flags });
  expect(result).toMatchObject({ exit: 0, counts: { read: 4, inserted: 4 } });
  expect(await table()).toEqual([...BEFORE, ...LOADED.slice(1)]);
  expect(db.requests.find(({ kind }) => kind === "bulk")?.sql).toContain("[dbo].[t]");
});

test("standard input cannot be read twice: a cut ends the load", async () => {
  db.troubles = nth(2, loading(WRITES), { after: "cut" });
  const result = await runFaulty(db, { input: INPUT, stdin: true, flags: ["--batch-rows", "2"] });
  expect(result).toMatchObject({ exit: 75, code: "TARGET_LOST" });
  expect(await table()).toEqual(BEFORE);
});

/** Errors that take a row's place in an answer, and what the load makes of each. */
const MIDWAY = [
  ["an error of a row", serverError(2627, 14), { exit: 0, code: null, counts: COUNTS }],
  ["an error of nobody's", serverError(8623), { exit: 4, code: "TARGET_STATEMENT" }],
  [
    "a log that is full for a moment",
    serverError(9002, 17),
    { exit: 0, code: null, counts: COUNTS },
  ],
  ["a session that is killed", serverError(596, 21), { exit: 0, code: null, counts: COUNTS }],
] as const;

test.each(MIDWAY)("%s in place of the answer's row", async (_name, fault, expected) => {
  db.troubles = nth(2, loading(WRITES), { atRow: { row: 1, fault } });
  const result = await runFaulty(db, { input: INPUT, flags: ["--batch-rows", "2"] });
  expect(result).toMatchObject(expected);
  expect(await table()).toEqual(expected.exit === 0 ? LOADED : BEFORE);
});

test("a log that stays full ends the load, and rejects nothing", async () => {
  db.troubles = always(loading(WRITES), { atRow: { row: 1, fault: serverError(9002, 17) } });
  const flags = ["--batch-rows", "2", "--max-rejects", "5", "--retry-timeout", "400ms"];
  const result = await runFaulty(db, { input: INPUT, flags });
  expect(result).toMatchObject({ exit: 75, code: "TARGET_FULL", rejects: [] });
  expect(await table()).toEqual(BEFORE);
});

test("a fatal error in place of the answer's row ends the load with its number", async () => {
  const fault = serverError(3624, 21);
  db.troubles = nth(2, loading(WRITES), { atRow: { row: 1, fault } });
  const result = await runFaulty(db, { input: INPUT, flags: ["--batch-rows", "2"] });
  expect(result).toMatchObject({ exit: 4, code: "TARGET_STATEMENT" });
  expect(result.cause).toContain("(3624)");
  expect(await table()).toEqual(BEFORE);
});

test("an error of a row that ends the connection rejects no row: the load starts again", async () => {
  const fault = serverError(50_000, 20);
  db.troubles = nth(2, loading(WRITES), { atRow: { row: 1, fault } });
  const flags = ["--batch-rows", "2", "--max-rejects", "5"];
  const result = await runFaulty(db, { input: INPUT, flags });
  expect(result).toMatchObject({ exit: 0, counts: COUNTS });
  expect(await table()).toEqual(LOADED);
});

test("an error among the rows of faults is not the end of the rows", async () => {
  const fault = serverError(8623);
  db.troubles = nth(1, loading(STAGES), { atRow: { row: 3, fault } });
  const input = "id,n\n1,a\n2,b\n3,c\n4,40\n5,50\n";
  const result = await runFaulty(db, { input, flags: ["--max-rejects", "5"] });
  expect(result).toMatchObject({ exit: 4, code: "TARGET_STATEMENT" });
  expect(await table()).toEqual(BEFORE);
});

const PLANNING: readonly (readonly [string, Which])[] = [
  ["at its first word", having(/^SET NOCOUNT ON$/)],
  ["while it says who it is", having(/ProductVersion/)],
  ["while the settings are pinned", having(/^SET XACT_ABORT ON;\nSET NOCOUNT/)],
  ["while the table is looked up", having(/IN \(OBJECT_ID\(@name\), .* AND RTRIM/)],
  ["while statements are tried out", having(/^CREATE TABLE #upsurge_raw/)],
];

describe.each(PLANNING)("a cut %s", (_name, which) => {
  test.each(["before", "after"] as const)("(%s it runs)", async (when) => {
    db.troubles = always(which, { [when]: "cut" });
    const result = await runFaulty(db, { input: INPUT, flags: ["--retry-timeout", "300ms"] });
    expect(result.exit).toBe(75);
    expect(["TARGET_UNREACHABLE", "TARGET_LOST"]).toContain(result.code);
    expect(result.fix).toContain("run the same command");
    expect(await table()).toEqual(BEFORE);
  });
});
