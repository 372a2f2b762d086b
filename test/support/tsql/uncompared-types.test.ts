/** Types of SQL Server that cannot be compared, and the collation of tempdb. */
import { beforeEach, describe, expect, test } from "vitest";
import { useTsql } from "./talk.ts";

const db = useTsql();

beforeEach(() =>
  db.one.set(
    "CREATE TABLE [dbo].[t] ([k] int NOT NULL PRIMARY KEY, [a] nvarchar(10) NULL, [n] int NOT NULL DEFAULT 0); INSERT INTO t (k, a) VALUES (1, N'one');",
  ),
);

describe("text, ntext, image, and the collation of tempdb", () => {
  test.each([
    ["402", "SELECT 1 FROM c WHERE a = N'x'"],
    ["402", "SELECT 1 FROM c INNER JOIN t ON t.a = c.b"],
    ["402", "SELECT 1 FROM c WHERE c = 0x01"],
    ["306", "SELECT COUNT_BIG(*) FROM c GROUP BY a"],
    ["306", "SELECT 1 FROM c ORDER BY b"],
    ["306", "SELECT ROW_NUMBER() OVER (PARTITION BY c ORDER BY k) FROM c"],
    ["1919", "CREATE TABLE d (a text NOT NULL PRIMARY KEY)"],
  ])("text, ntext and image are not compared: error %s for %s", async (number, sql) => {
    await db.one.set("CREATE TABLE c (k int, a text, b ntext, c image)");
    expect(await db.one.tell(sql)).toEqual([`error ${number}`]);
  });

  test("text, ntext and image hold values, which can be looked at and converted", async () => {
    await db.one.set(
      "CREATE TABLE c (a text, b ntext, c image)",
      "INSERT INTO c VALUES ('a', N'b', 0x0c)",
      "DECLARE @v nvarchar(9) = N'bb'; UPDATE c SET b = @v WHERE a IS NOT NULL;",
    );
    const sql =
      "SELECT a, CONVERT(nvarchar(max), b), DATALENGTH(b), CONVERT(varbinary(max), c) FROM c";
    expect(await db.one.tell(sql)).toEqual([["a", "bb", "4", "0x0C"]]);
  });

  test.each([
    ["468", "N'a'"],
    ["468", "CONVERT(nvarchar(9), 1)"],
    ["1", "N'a' COLLATE SQL_Latin1_General_CP1_CI_AS"],
    ["1", "s + N''"],
  ])(
    "what is computed in tempdb of literals has the collation of tempdb: %s for %s",
    async (answer, expression) => {
      await db.one.set(
        "CREATE TABLE c (s nvarchar(9)); INSERT INTO c VALUES (N'a');",
        `CREATE TABLE #c (s nvarchar(9) COLLATE DATABASE_DEFAULT, x AS (${expression}))`,
        "INSERT INTO #c (s) VALUES (N'a')",
      );
      const told = await db.one.tell("SELECT 1 FROM c INNER JOIN #c ON c.s = #c.x");
      expect(told).toEqual(answer === "1" ? [["1"]] : [`error ${answer}`]);
    },
  );

  test.each([
    ["", ["error 1764"]],
    [" PERSISTED", []],
  ])("a check of a computed column takes one that is persisted: %j", async (persisted, told) => {
    const sql = `CREATE TABLE c (k int, x AS (k * 2)${persisted}, CHECK (x > 1))`;
    expect(await db.one.tell(sql)).toEqual(told);
  });

  test("a column of a temporary table has the collation of tempdb where it says none", async () => {
    await db.one.set("CREATE TABLE c (s nvarchar(9))", "CREATE TABLE #c (s nvarchar(9))");
    const told = await db.one.tell("SELECT 1 FROM c INNER JOIN #c ON c.s = #c.s");
    expect(told).toEqual(["error 468"]);
  });
});
