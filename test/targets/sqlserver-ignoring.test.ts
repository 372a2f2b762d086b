/**
 * SQL Server, what a bulk load into the table is counted as, of which the server tells no number, and tables with an index
 * that drops rows whose key is there (IGNORE_DUP_KEY).
 */
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { useTempDir } from "../helpers/temp-dir.ts";

const [sqlserver] = ENGINES.filter(({ name }) => name === "sqlserver");
if (sqlserver === undefined) throw new Error("there is no engine sqlserver");
const database = useDatabase(sqlserver);
const temporary = useTempDir();
beforeEach(() => database.reset());

const WAYS = waysOf(sqlserver, [2, 1000]).map((way) => [wayTitle(way), way] as const);
// With such an index rows are taken one at a time in batches of any size.
const ONE_SIZE = WAYS.filter(([, { batchRows }]) => batchRows === 2);
const SELECTING = ONE_SIZE.filter(([, { strategy }]) => strategy === "select-then-write");

const CODES =
  "create table t (id int primary key, code nvarchar(10) null, n int null); insert into t values (1, 'a', 1);";
const INDEX = "create unique index ux on t (code) with (ignore_dup_key = on)";

/** Loads these lines of `id,code,n`. */
function load(lines: readonly string[], flags: readonly string[]) {
  const input = ["id,code,n", ...lines, ""].join("\n");
  return { folder: temporary.path, table: "t", extension: "csv", input, flags } as const;
}

async function rows(): Promise<(string | null)[][]> {
  return database.rows("select id, code, n from t order by id");
}

test.each(WAYS)("rows that go straight into the table are inserted: %s", async (_, way) => {
  await database.exec(CODES);
  const { counts, error } = await runLoad(
    database,
    load(["2,b,2", "3,c,", "4,d,4"], ["--mode", "insert"]),
    way,
  );
  expect(error).toBeNull();
  expect(counts).toEqual({ inserted: 3 });
  expect(await rows()).toHaveLength(4);
});

describe.each(ONE_SIZE)(`${sqlserver.title}, an index that drops rows: %s`, (_, way) => {
  test("keeps the first of a key, and the others are suppressed", async () => {
    await database.exec(CODES + INDEX);
    const lines = ["2,B,2", "3,b,3", "4,a,4", "5,c,5", "5,d,6"];
    const { counts, rejects } = await runLoad(database, load(lines, ["--mode", "insert"]), way);
    expect(counts).toEqual({ inserted: 2, suppressed: 2, rejected: 1 });
    expect(rejects).toMatchObject([{ record: 5, code: "ROW_UNIQUE" }]);
    expect(await rows()).toEqual([
      ["1", "a", "1"],
      ["2", "B", "2"],
      ["5", "c", "5"],
    ]);
  });

  test("is heeded where it is a primary key", async () => {
    await database.exec(
      "create table t (id int, code nvarchar(10) null, n int null, constraint pk primary key (id) with (ignore_dup_key = on)); insert into t values (1, 'a', 1);",
    );
    const { counts } = await runLoad(
      database,
      load(["1,x,1", "2,b,2", "2,y,3"], ["--mode", "insert"]),
      way,
    );
    expect(counts).toEqual({ inserted: 1, suppressed: 2 });
    expect(await rows()).toEqual([
      ["1", "a", "1"],
      ["2", "b", "2"],
    ]);
  });

  test("lets updates alone", async () => {
    await database.exec(CODES + INDEX);
    const flags = ["--mode", "update", "--key", "id"];
    const { counts } = await runLoad(database, load(["1,z,9", "2,a,2"], flags), way);
    expect(counts).toEqual({ updated: 1, skipped: 1 });
  });
});

test.each(SELECTING)("an upsert by another key heeds it: %s", async (_, way) => {
  await database.exec(CODES + INDEX);
  const lines = ["1,a,2", "2,A,2", "3,c,3", "3,d,4"];
  const { counts, error } = await runLoad(database, load(lines, ["--key", "id"]), way);
  expect(error).toBeNull();
  expect(counts).toEqual({ inserted: 1, updated: 2, suppressed: 1 });
  expect(await rows()).toEqual([
    ["1", "a", "2"],
    ["3", "d", "4"],
  ]);
});

test.each(SELECTING)(
  "a row that meets one by any key is ignored, not dropped: %s",
  async (_, way) => {
    await database.exec(CODES + INDEX);
    const flags = ["--ignore", "--any-constraint"];
    const { counts, error } = await runLoad(
      database,
      load(["1,q,2", "2,A,2", "3,c,3"], flags),
      way,
    );
    expect(error).toBeNull();
    expect(counts).toEqual({ inserted: 1, ignored: 2 });
  },
);

test("MERGE, which does not heed it, is refused, and the plan names the index and no trigger", async () => {
  await database.exec(CODES + INDEX);
  const way = { strategy: "native", rowSource: "auto", batchRows: 10 };
  const refused = await runLoad(database, load(["2,b,2"], ["--key", "id"]), way);
  expect(refused.error).toBe("PLAN_UNSUPPORTED");
  expect(refused.output).toContain("MERGE does not heed IGNORE_DUP_KEY of ux");

  const auto = ["--to", database.url, "--table", "t", "--key", "id", "--progress", "none"];
  const source = `${temporary.path}/input.csv`;
  const plan = await runUpsurge(["plan", source, ...auto.slice(0, 6)]);
  expect(plan.stdout).toContain(
    "one row at a time: the index ux drops rows whose key is there (IGNORE_DUP_KEY)",
  );
  const done = await runUpsurge(["-", ...auto, "--format", "csv"], { stdin: "id,code,n\n2,a,2\n" });
  expect(done.stdout + done.stderr).toMatch(/suppressed +1 +dropped by the database/);
  expect(done.stdout + done.stderr).not.toContain("trigger");
});
