/** What once went wrong with SQL Server, so that it does not again; each case runs over every strategy and row source. */
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Way } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import type { LoadResult } from "../helpers/load.ts";
import { useTempDir } from "../helpers/temp-dir.ts";

const [sqlserver] = ENGINES.filter(({ name }) => name === "sqlserver");
if (sqlserver === undefined) throw new Error("there is no engine sqlserver");
const database = useDatabase(sqlserver);
const temporary = useTempDir();
beforeEach(() => database.reset());

const WAYS = waysOf(sqlserver, [2, 1000]).map((way) => [wayTitle(way), way] as const);

type Load = (
  extension: "csv" | "ndjson",
  input: string,
  flags: readonly string[],
) => Promise<LoadResult>;

/** How the table is loaded in one way. */
function loadBy(way: Way): Load {
  return (extension, input, flags) =>
    runLoad(database, { folder: temporary.path, table: "t", extension, input, flags }, way);
}

describe.each(WAYS)(`${sqlserver.title}, rejects: %s`, (_, way) => {
  const load = loadBy(way);

  test("a check that cannot be computed rejects its row, whether that costs the transaction or not", async () => {
    await database.exec(
      "create table t (id int primary key, c nvarchar(10) null check (convert(int, c) > 0), n int null check (10 / n > 1))",
    );
    const { counts, rejects } = await load("csv", "id,c,n\n1,2,2\n2,x,2\n3,5,0\n4,0,1\n5,1,1\n", [
      "--key",
      "id",
    ]);
    expect(counts).toEqual({ inserted: 2, rejected: 3 });
    expect(rejects.map(({ record, dbCode }) => [record, dbCode])).toEqual([
      [2, "245"],
      [3, "8134"],
      [4, "547"],
    ]);
  });

  test("a stamp that cannot be computed, or is too long, rejects its row", async () => {
    await database.exec(
      "create table t (id int primary key, c nvarchar(10) null, s nvarchar(3) null, n int null)",
    );
    const flags = [
      "--key",
      "id",
      "--stamp",
      "n = convert(int, excluded.c)",
      "--stamp",
      "s = excluded.c",
    ];
    const { rejects } = await load("csv", "id,c\n1,2\n2,x\n3,5000\n", flags);
    expect(rejects.map(({ record, dbCode }) => [record, dbCode])).toEqual([
      [2, "245"],
      [3, "2628"],
    ]);
  });

  test("nothing is read out of a text that is not in it", async () => {
    await database.exec(
      "create table t (id int primary key, u uniqueidentifier null, n int null, d date null, m money null, b bit null)",
    );
    const input = [
      '{"id":1,"u":"6F9619FF-8B86-D011-B42D-00C04FC964FFZZ"}',
      '{"id":2,"n":""}',
      '{"id":3,"n":"-"}',
      '{"id":4,"d":""}',
      '{"id":5,"m":"$"}',
      '{"id":6,"b":" "}',
      '{"id":7,"b":true,"n":" 7 ","u":"{6f9619ff-8b86-d011-b42d-00c04fc964ff}"}',
    ];
    const { counts, rejects } = await load("ndjson", `${input.join("\n")}\n`, ["--key", "id"]);
    expect(counts).toEqual({ inserted: 1, rejected: 6 });
    expect(new Set(rejects.map(({ code }) => code))).toEqual(new Set(["ROW_TYPE"]));
  });

  test("a value that is too long or lacks a parent does not stop the others", async () => {
    await database.exec(
      "create table p (id int primary key); insert into p values (1); create table t (id int primary key, s nvarchar(3), p int references p (id))",
    );
    const { counts, rejects } = await load(
      "csv",
      "id,s,p\n1,abc,1\n2,abcd,1\n3,ab,2\n4,abc   ,1\n",
      ["--key", "id"],
    );
    expect(counts).toEqual({ inserted: 2, rejected: 2 });
    expect(rejects.map(({ record, code }) => [record, code])).toEqual([
      [2, "ROW_LENGTH"],
      [3, "ROW_FOREIGN_KEY"],
    ]);
  });
});

describe.each(WAYS)(`${sqlserver.title}, values: %s`, (_, way) => {
  const load = loadBy(way);

  test("an expression that gives NULL is compared like any other", async () => {
    const setup =
      "create table t (id int primary key, name nvarchar(10) null); insert into t values (1, null), (2, 'x'), (3, null)";
    await database.exec(setup);
    const flags = ["--key", "id", "--mode", "update", "--set", "name = nullif(excluded.name, 'q')"];
    const { counts } = await load("csv", "id,name\n1,\n2,\n3,q\n9,z\n", flags);
    expect(counts).toEqual({ updated: 1, unchanged: 2, skipped: 1 });
  });

  test("zeros at the end of binary values count", async () => {
    await database.exec(
      "create table t (id int primary key, b varbinary(4)); insert into t values (1, 0x01)",
    );
    const { counts } = await load("csv", "id,b\n1,0x0100\n1,0x0100\n", ["--key", "id"]);
    expect(counts).toEqual({ updated: 1, unchanged: 1 });
  });

  test("an id that is NULL is rejected; one that is absent is made", async () => {
    await database.exec("create table t (id int identity primary key, n int)");
    const input = '{"id":5,"n":1}\n{"id":null,"n":7}\n{"n":8}\n';
    const { counts } = await load("ndjson", input, ["--mode", "insert", "--keep-identity"]);
    expect(counts).toEqual({ inserted: 2, rejected: 1 });
    expect(await database.rows("select id, n from t order by id")).toEqual([
      ["5", "1"],
      ["6", "8"],
    ]);
  });
});

test("a trigger that was made after planning stops the load", async () => {
  await database.exec("create table t (id int primary key, n int null); create table log (n int)");
  const before =
    "create trigger logging on t after insert as insert into log select n from inserted";
  const way = { strategy: "auto", rowSource: "auto", batchRows: 10 };
  const { error } = await loadBy(way)("csv", "id,n\n1,10\n2,20\n", ["--before", before]);
  expect(error).toBe("TARGET_ALTERED");
  expect(await database.rows("select n from log")).toEqual([]);
  expect(await database.rows("select id from t")).toEqual([]);
});

test("a table of another database is none", async () => {
  await database.exec("create table t (id int primary key)");
  const way = { strategy: "auto", rowSource: "auto", batchRows: 10 };
  const load = {
    folder: temporary.path,
    table: "other.dbo.t",
    extension: "csv",
    input: "id\n1\n",
    flags: [],
  } as const;
  const { error } = await runLoad(database, load, way);
  expect(error).toBe("PLAN_NO_TABLE");
});

/** Sends rows of its own before the load's answer, some under the names that the answer has. */
const TALKING =
  "as begin select * from inserted; select 5 as upsurge_ord, 3 as code, 1 as number, 1 as doomed, 9 as inserted; select id from inserted where 1 = 0; select 7; end";

// Rows of such a table are taken one at a time in batches of any size.
const ONE_SIZE = WAYS.filter(([, { batchRows }]) => batchRows === 2);

describe.each(ONE_SIZE)(`${sqlserver.title}, triggers that return rows: %s`, (_, way) => {
  const load = loadBy(way);

  beforeEach(() =>
    database.exec(
      `create table t (id int primary key, n int null check (n < 90)); insert into t values (1, 1), (2, 2)
go
create trigger talking on t after insert, update ${TALKING}`,
    ),
  );

  test("take nothing from the counts and the rejects of an upsert", async () => {
    const input = "id,n\n1,1\n2,20\n3,99\n4,40\n4,41\nx,1\n";
    const { counts, rejects, error } = await load("csv", input, ["--key", "id"]);
    expect(error).toBeNull();
    expect(counts).toEqual({ inserted: 1, updated: 2, unchanged: 1, rejected: 2 });
    expect(rejects.map(({ record, dbCode }) => [record, dbCode])).toEqual([
      [3, "547"],
      [6, "245"],
    ]);
    expect(await database.rows("select id, n from t order by id")).toEqual([
      ["1", "1"],
      ["2", "20"],
      ["4", "41"],
    ]);
  });

  test.each([
    ["insert", { inserted: 1, rejected: 1 }],
    ["ignore", { inserted: 1, ignored: 1 }],
    ["update", { updated: 1, skipped: 1 }],
  ])("nor of mode %s", async (mode, counts) => {
    const key = mode === "insert" ? [] : ["--key", "id"];
    const result = await load("csv", "id,n\n2,20\n3,30\n", ["--mode", mode, ...key]);
    expect(result).toMatchObject({ error: null, counts });
  });

  test("nor of the rows that are taken away", async () => {
    await database.exec(
      "create table child (id int references t (id))\ngo\ncreate trigger leaving on t after delete as select * from deleted",
    );
    const flags = ["--key", "id", "--truncate", "--max-delete", "100%"];
    const { counts, error, output } = await load("csv", "id,n\n7,70\n", flags);
    expect(error, output).toBeNull();
    expect(counts).toEqual({ inserted: 1, removed: 2 });
  });
});
