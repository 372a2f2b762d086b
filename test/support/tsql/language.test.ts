/** The statements that the SQL Server target sends, and those that tests set up with. */
import { beforeEach, describe, expect, test } from "vitest";
import { useTsql } from "./talk.ts";

const db = useTsql();

const RAW = `CREATE TABLE #upsurge_raw (upsurge_ord bigint NOT NULL PRIMARY KEY, upsurge_shape int NOT NULL, f0 nvarchar(max) COLLATE DATABASE_DEFAULT NULL, f1 nvarchar(max) COLLATE DATABASE_DEFAULT NULL);`;
const STAGE = `CREATE TABLE #upsurge_stage (upsurge_ord bigint NOT NULL PRIMARY KEY, upsurge_shape int NOT NULL, upsurge_wave int NOT NULL, [k] int NULL, [a] nvarchar(10) COLLATE SQL_Latin1_General_CP1_CI_AS NULL, [twice] AS ([k]*(2)));`;
const FAULT = `CREATE TABLE #upsurge_fault (upsurge_ord bigint NOT NULL PRIMARY KEY, number int NOT NULL, place int NULL, message nvarchar(2048) NULL);`;
const FILL = `INSERT INTO #upsurge_stage (upsurge_ord, upsurge_shape, upsurge_wave, [k], [a]) SELECT r.upsurge_ord, r.upsurge_shape, 1, TRY_CONVERT(int, r.f0), CONVERT(nvarchar(10), r.f1) FROM #upsurge_raw AS r WHERE r.upsurge_shape = 0;`;

beforeEach(() =>
  db.one.set(
    "CREATE TABLE [dbo].[t] ([k] int NOT NULL PRIMARY KEY, [a] nvarchar(10) NULL, [n] int NOT NULL DEFAULT 0); INSERT INTO t (k, a) VALUES (1, N'one');",
    RAW + STAGE + FAULT,
  ),
);

describe("rows that come in", () => {
  test("rows come in by JSON, by VALUES with parameters and by bulk load", async () => {
    await db.one.tell(
      "INSERT INTO #upsurge_raw (upsurge_ord, upsurge_shape, f0, f1) SELECT o, s, f0, f1 FROM OPENJSON(@rows) WITH (o bigint, s int, f0 nvarchar(max), f1 nvarchar(max));",
      [{ name: "@rows", value: JSON.stringify([{ o: 1, s: 0, f0: "1", f1: "it's" }]) }],
    );
    await db.one.tell(
      "INSERT INTO #upsurge_raw (upsurge_ord, upsurge_shape, f0, f1) VALUES (2, 0, @p0, @p1), (3, 0, @p0, NULL);",
      [
        { name: "@p0", value: "2" },
        { name: "@p1", value: "\u0001\u0002'[{" },
      ],
    );
    const count = await db.one.session.bulk({
      table: "[#upsurge_raw]",
      columns: ["upsurge_ord", "upsurge_shape", "f0", "f1"],
      options: [],
      rows: [
        ["4", "0", "x", null],
        ["5", "0", null, ""],
      ],
    });
    expect(count).toBe(2);
    expect(await db.one.tell("SELECT * FROM #upsurge_raw ORDER BY upsurge_ord")).toEqual([
      ["1", "0", "1", "it's"],
      ["2", "0", "2", "\u0001\u0002'[{"],
      ["3", "0", "2", null],
      ["4", "0", "x", null],
      ["5", "0", null, ""],
    ]);
  });

  test("a bulk load into a table converts as assignment does, and is refused as an INSERT is", async () => {
    const load = { table: "dbo.t", columns: ["k", "a"], options: [] };
    await expect(
      db.one.session.bulk({
        ...load,
        rows: [
          ["7", "x"],
          ["1", "y"],
        ],
      }),
    ).rejects.toMatchObject({ number: 2627 });
    await expect(db.one.session.bulk({ ...load, rows: [["x", "y"]] })).rejects.toMatchObject({
      number: 245,
    });
    expect(await db.one.session.bulk({ ...load, rows: [[" 7 ", "x"]] })).toBe(1);
    expect(await db.one.tell("SELECT k FROM t ORDER BY k")).toEqual([["1"], ["7"]]);
  });

  test("a bulk load tells no number while NOCOUNT is on, and an index may drop rows of it", async () => {
    await db.one.set("CREATE UNIQUE INDEX ux ON t (a) WITH (IGNORE_DUP_KEY = ON)");
    const load = (k: string, a: string) =>
      db.one.session.bulk({ table: "t", columns: ["k", "a"], options: [], rows: [[k, a]] });
    expect(await load("2", "two")).toBe(1);
    expect(await load("3", "ONE")).toBe(0);
    await db.one.set("SET NOCOUNT ON");
    expect(await load("4", "four")).toBeNull();
    const told = await db.one.tell(
      "INSERT INTO t (k, a) VALUES (5, N'five'), (6, N'Five'); SELECT @@ROWCOUNT; INSERT INTO t (k, a) VALUES (1, N'x'); MERGE t USING (SELECT 7 AS k) AS s ON t.k = s.k WHEN NOT MATCHED THEN INSERT (k, a) VALUES (s.k, N'one'); SELECT k FROM t ORDER BY k;",
    );
    expect(told).toEqual([["1"], "error 2627", "error 2601", ["1"], ["2"], ["4"], ["5"]]);
    expect(await db.one.tell("SELECT name FROM sys.indexes WHERE ignore_dup_key = 1")).toEqual([
      ["ux"],
    ]);
  });

  test("a bulk load heeds its options", async () => {
    await db.one.set(
      "CREATE TABLE b (a int, d int DEFAULT 7)",
      "CREATE TABLE log (n int)",
      "CREATE TRIGGER tr ON b AFTER INSERT AS INSERT INTO log SELECT COUNT(*) FROM inserted",
    );
    const load = { table: "b", columns: ["a", "d"], rows: [["1", null]] };
    await db.one.session.bulk({ ...load, options: [] });
    expect(await db.one.tell("SELECT d, (SELECT COUNT(*) FROM log) FROM b")).toEqual([["7", "0"]]);
    await db.one.session.bulk({ ...load, options: ["KEEP_NULLS", "FIRE_TRIGGERS"] });
    expect(await db.one.tell("SELECT d, (SELECT COUNT(*) FROM log) FROM b ORDER BY d")).toEqual([
      [null, "1"],
      ["7", "1"],
    ]);
    await db.one.set("ALTER TABLE b ADD CHECK (a < 5)");
    await expect(db.one.session.bulk({ ...load, options: [] })).rejects.toMatchObject({
      number: 40000,
    });
    await expect(
      db.one.session.bulk({ ...load, rows: [["9", null]], options: ["CHECK_CONSTRAINTS"] }),
    ).rejects.toMatchObject({ number: 547 });
  });
});

describe("staging", () => {
  test("what cannot be converted is found, and the rest is put in waves", async () => {
    await db.one.set(
      "INSERT INTO #upsurge_raw VALUES (1, 0, N'1', N'a'), (2, 0, N'x', N'b'), (3, 0, N' ', N'c'), (4, 0, N'1', N'd')",
      FILL,
      `INSERT INTO #upsurge_fault (upsurge_ord, number, place) SELECT upsurge_ord, MIN(number), MIN(place) FROM (
         SELECT r.upsurge_ord, 245 AS number, 0 AS place FROM #upsurge_raw AS r INNER JOIN #upsurge_stage AS s ON s.upsurge_ord = r.upsurge_ord WHERE r.f0 IS NOT NULL AND (s.[k] IS NULL OR LTRIM(RTRIM(r.f0)) = N'')
         UNION ALL SELECT r.upsurge_ord, 2628, 1 FROM #upsurge_raw AS r WHERE DATALENGTH(r.f1) > 20) AS f GROUP BY upsurge_ord;`,
      "DELETE s FROM #upsurge_stage AS s INNER JOIN #upsurge_fault AS f ON f.upsurge_ord = s.upsurge_ord;",
      "UPDATE s SET upsurge_wave = r.wave FROM #upsurge_stage AS s INNER JOIN (SELECT upsurge_ord, ROW_NUMBER() OVER (PARTITION BY [k] ORDER BY upsurge_ord) AS wave FROM #upsurge_stage) AS r ON r.upsurge_ord = s.upsurge_ord WHERE r.wave > 1;",
    );
    expect(
      await db.one.tell(
        "SELECT upsurge_ord, number, place, message FROM #upsurge_fault ORDER BY upsurge_ord;",
      ),
    ).toEqual([
      ["2", "245", "0", null],
      ["3", "245", "0", null],
    ]);
    expect(
      await db.one.tell(
        "SELECT upsurge_ord, upsurge_wave, twice FROM #upsurge_stage ORDER BY upsurge_ord;",
      ),
    ).toEqual([
      ["1", "1", "2"],
      ["4", "2", "2"],
    ]);
  });

  test("temporary tables of a call with parameters end with it", async () => {
    await db.one.tell("CREATE TABLE #x (a int); INSERT INTO #x VALUES (@a);", [
      { name: "@a", value: "1" },
    ]);
    expect(
      await db.one.tell(
        "SELECT OBJECT_ID('tempdb..#x'), OBJECT_ID('tempdb..#upsurge_raw') / OBJECT_ID('tempdb..#upsurge_raw')",
      ),
    ).toEqual([[null, "1"]]);
  });
});

describe("applying", () => {
  beforeEach(() =>
    db.one.set("INSERT INTO #upsurge_stage VALUES (1, 0, 1, 1, N'uno'), (2, 0, 1, 2, N'dos')"),
  );

  test("looking, updating and inserting", async () => {
    const from =
      "FROM #upsurge_stage AS excluded INNER JOIN [dbo].[t] AS target WITH (UPDLOCK, HOLDLOCK) ON target.[k] = excluded.[k] WHERE excluded.upsurge_shape = 0 AND excluded.upsurge_wave = 1";
    const told = await db.one.tell(`
      SELECT COUNT_BIG(*) AS matched, COALESCE(SUM(CASE WHEN (target.a <> excluded.a) THEN 0 ELSE 1 END), 0) AS skipped ${from};
      UPDATE target SET [a] = excluded.[a], [n] = (target.[n] + 1) FROM #upsurge_stage AS excluded INNER JOIN [dbo].[t] AS target WITH (UPDLOCK, HOLDLOCK) ON EXISTS (SELECT target.[k] INTERSECT SELECT excluded.[k]) WHERE excluded.upsurge_wave = 1;
      INSERT INTO [dbo].[t] ([k], [a]) SELECT excluded.[k], excluded.[a] FROM #upsurge_stage AS excluded WHERE NOT EXISTS (SELECT 1 FROM [dbo].[t] AS target WITH (UPDLOCK, HOLDLOCK) WHERE target.[k] = excluded.[k]) ORDER BY excluded.upsurge_ord;
      SELECT @@ROWCOUNT; SELECT * FROM t ORDER BY k;`);
    expect(told).toEqual([["1", "0"], ["1"], ["1", "uno", "1"], ["2", "dos", "0"]]);
  });

  test("a guarded MERGE counts what it did", async () => {
    const guarded = `SET XACT_ABORT OFF;
      DECLARE @number int = 0, @message nvarchar(2048) = NULL, @doomed int = 0, @updated bigint = 0, @inserted bigint = 0;
      BEGIN TRY
        DECLARE @written TABLE (did nvarchar(10) NOT NULL);
        MERGE [dbo].[t] WITH (HOLDLOCK, UPDLOCK) AS target USING (SELECT * FROM #upsurge_stage WHERE upsurge_shape = 0 AND upsurge_wave = 1) AS excluded ON target.[k] = excluded.[k]
        WHEN MATCHED AND (target.a <> excluded.a) AND (1 = 1) THEN UPDATE SET [a] = excluded.[a]
        WHEN NOT MATCHED BY TARGET THEN INSERT ([k], [a]) VALUES (excluded.[k], excluded.[a])
        OUTPUT $action INTO @written (did);
        SET @updated = @@ROWCOUNT;
        SELECT @inserted = COUNT(*) FROM @written WHERE did = N'INSERT';
      END TRY
      BEGIN CATCH
        SELECT @number = ERROR_NUMBER(), @message = ERROR_MESSAGE();
        IF XACT_STATE() = -1 OR @@TRANCOUNT = 0 SET @doomed = 1;
        IF XACT_STATE() = -1 ROLLBACK TRANSACTION;
      END CATCH;
      SET XACT_ABORT ON;
      SELECT @number AS number, @message AS message, @doomed AS doomed, @updated AS updated, @inserted AS inserted;`;
    await db.one.set("BEGIN TRANSACTION");
    expect(await db.one.tell(guarded)).toEqual([["0", null, "0", "2", "1"]]);
    expect(await db.one.tell(guarded)).toEqual([["0", null, "0", "0", "0"]]);
    await db.one.set("UPDATE #upsurge_stage SET k = NULL");
    const [row] = await db.one.tell(guarded);
    expect(row?.[0]).toBe("515");
    expect(row?.[2]).toBe("0");
    expect(db.one.session.inTransaction).toBe(true);
  });

  test("row by row on the server", async () => {
    await db.one.set(
      "INSERT INTO #upsurge_stage VALUES (3, 0, 1, NULL, N'x')",
      "BEGIN TRANSACTION",
    );
    const told = await db.one.tell(`SET XACT_ABORT OFF;
      DECLARE @ord bigint = 0, @next bigint, @shape int, @inserted bigint = 0, @matched bigint, @number int, @message nvarchar(2048);
      WHILE 1 = 1 BEGIN
        SET @next = NULL;
        SELECT TOP (1) @next = upsurge_ord, @shape = upsurge_shape FROM #upsurge_stage WHERE upsurge_ord > @ord ORDER BY upsurge_ord;
        IF @next IS NULL BREAK;
        SET @ord = @next;
        SAVE TRANSACTION upsurge_row;
        BEGIN TRY
          IF @shape = 0 BEGIN
            SELECT @matched = COUNT_BIG(*) FROM #upsurge_stage AS excluded INNER JOIN t AS target ON target.k = excluded.k WHERE excluded.upsurge_ord = @ord;
            IF @matched = 0 BEGIN
              INSERT INTO t (k, a) SELECT k, a FROM #upsurge_stage WHERE upsurge_ord = @ord;
              SET @inserted = @inserted + @@ROWCOUNT;
            END
            ELSE IF @matched > 1 THROW 50000, N'twice', 1;
            ELSE BEGIN
              UPDATE target SET a = excluded.a FROM #upsurge_stage AS excluded INNER JOIN t AS target ON target.k = excluded.k WHERE excluded.upsurge_ord = @ord;
            END
          END
          ELSE IF @shape = 1 BEGIN SET @inserted = -1; END;
        END TRY
        BEGIN CATCH
          SELECT @number = ERROR_NUMBER(), @message = ERROR_MESSAGE();
          IF XACT_STATE() <> 1 BEGIN ROLLBACK TRANSACTION; BREAK; END;
          ROLLBACK TRANSACTION upsurge_row;
          INSERT INTO #upsurge_fault (upsurge_ord, number, message) VALUES (@ord, @number, @message);
        END CATCH;
      END;
      COMMIT TRANSACTION;
      SELECT @inserted; SELECT upsurge_ord, number FROM #upsurge_fault; SELECT k, a FROM t ORDER BY k;`);
    expect(told).toEqual([["1"], ["3", "515"], ["1", "uno"], ["2", "dos"]]);
  });
});

describe("strictness", () => {
  test.each([
    [102, "SELECT (k = 1) FROM t"],
    [4145, "SELECT 1 FROM t WHERE k"],
    [102, "SELECT 1 FROM t WHERE"],
    [137, "SELECT @nobody"],
    [195, "SELECT array_agg(k) FROM t"],
    [10713, "MERGE t USING t AS s ON t.k = s.k WHEN MATCHED THEN DELETE"],
    [111, "SELECT 1; CREATE VIEW v AS SELECT 1 AS a"],
    [321, "SELECT * FROM t WITH (FORUPDATE)"],
    [105, "SELECT 'a"],
    [40000, "SELECT * INTO x FROM t"],
    [40000, "SET ROWCOUNT 5"],
    [102, "SELECT 1::text"],
    [102, "SELECT * FROM t LIMIT 1"],
  ])("%i for %s", async (number, sql) => {
    expect(await db.one.tell(sql)).toEqual([`error ${number}`]);
  });
});

describe("values", () => {
  test.each([
    ["TRY_CONVERT(int, N'')", "0"],
    ["TRY_CONVERT(int, N' 12 ')", "12"],
    ["TRY_CONVERT(int, N'1.5')", null],
    ["TRY_CONVERT(int, N'1e0')", null],
    ["TRY_CONVERT(float, N'  ')", "0"],
    ["TRY_CONVERT(decimal(5, 2), N'')", null],
    ["TRY_CONVERT(decimal(5, 2), N'1.005')", "1.01"],
    ["TRY_CONVERT(decimal(5, 1), N'-1.25')", "-1.3"],
    ["TRY_CONVERT(bit, N'TRUE')", "1"],
    ["TRY_CONVERT(bit, N'7')", "1"],
    ["TRY_CONVERT(bit, N'yes')", null],
    ["TRY_CONVERT(date, N'')", "1900-01-01"],
    ["TRY_CONVERT(date, N'20240105')", "2024-01-05"],
    ["TRY_CONVERT(date, N'2024-02-30')", null],
    ["TRY_CONVERT(datetime2(3), N'2024-01-05T10:00:00.5')", "2024-01-05 10:00:00.500"],
    ["TRY_CONVERT(datetime2, N'2024-01-05')", "2024-01-05 00:00:00.0000000"],
    ["CONVERT(datetime, N'2024-01-05 10:00:00.999')", "2024-01-05 10:00:01.000"],
    ["CONVERT(nvarchar(3), N'abcdef')", "abc"],
    [
      "TRY_CONVERT(uniqueidentifier, N'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')",
      "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
    ],
    ["TRY_CONVERT(varbinary(4), N'0xAb', 1)", "0xAB"],
    ["TRY_CONVERT(varbinary(4), N'Ab', 1)", null],
    ["CONVERT(nvarchar(max), 0xAB, 1)", "0xAB"],
    ["CONVERT(nvarchar(max), CONVERT(bit, 1))", "1"],
    ["CONVERT(int, 2.9)", "2"],
    ["N'a' + N'b'", "ab"],
    ["7 / 2", "3"],
    ["DATALENGTH(N'ab ')", "6"],
    ["LEN(N'ab ')", "2"],
    ["CASE WHEN N'ABC' COLLATE Latin1_General_CI_AS = N'abc' THEN 1 ELSE 0 END", "1"],
  ])("%s is %s", async (sql, value) => {
    expect(await db.one.tell(`SELECT ${sql}`)).toEqual([[value]]);
  });

  test.each([
    "int",
    "bit",
    "float",
    "decimal(9, 2)",
    "money",
    "date",
    "datetime",
    "uniqueidentifier",
  ])(
    "TRY_CONVERT to %s takes 4,000 characters, counted in UTF-16, and fails for more",
    async (type) => {
      const asked = (text: string): string =>
        `DECLARE @text nvarchar(max) = ${text}; SELECT TRY_CONVERT(${type}, @text);`;
      expect(await db.one.tell(asked("REPLICATE(N'x', 4000)"))).toEqual([[null]]);
      expect(await db.one.tell(asked("REPLICATE(N'x', 4001)"))).toEqual(["error 8152"]);
      expect(await db.one.tell(asked("REPLICATE(N'😀', 2001)"))).toEqual(["error 8152"]);
    },
  );

  test("rows that a trigger sends come before the end of its statement, whatever becomes of that", async () => {
    await db.one.set(
      "CREATE TABLE talks (id int PRIMARY KEY, b bit); CREATE TABLE log (id int);",
      "CREATE TRIGGER tr ON talks AFTER INSERT, DELETE AS BEGIN SELECT * FROM inserted; SELECT 7, N'x' AS x; IF EXISTS (SELECT 1 FROM inserted WHERE id = 3) THROW 50001, N'no', 1; END",
    );
    const told = await db.one.tell(
      "INSERT INTO talks VALUES (1, 1), (2, NULL); DELETE FROM talks WHERE id = 1; SELECT N'end';",
    );
    expect(told).toEqual([["1", "1"], ["2", null], ["7", "x"], ["7", "x"], ["end"]]);
    expect(await db.one.tell("INSERT INTO talks VALUES (3, 0); SELECT N'never';")).toEqual([
      ["3", "0"],
      ["7", "x"],
      "error 50001",
    ]);
  });

  test("text has no case unless its collation has", async () => {
    await db.one.set(
      "CREATE TABLE c (a nvarchar(5) UNIQUE, b nvarchar(5) COLLATE Latin1_General_BIN2 UNIQUE)",
      "INSERT INTO c VALUES (N'x', N'x')",
    );
    expect(
      await db.one.tell(
        "INSERT INTO c VALUES (N'X', N'y'); INSERT INTO c VALUES (N'y', N'X'); SELECT COUNT(*) FROM c WHERE b = N'x';",
      ),
    ).toEqual(["error 2627", ["1"]]);
  });

  test("texts and variables have no case, and blanks at the end of a catalog's type do not count", async () => {
    const told = await db.one.tell(
      "DECLARE @x nvarchar(5) = N'X'; IF @x = N'x' SELECT 1; IF N'a' <> N'A' SELECT 2; SELECT name FROM sys.objects WHERE type = 'U';",
    );
    expect(told).toEqual([["1"], ["t"]]);
  });

  test("a table variable takes rows without a column list", async () => {
    expect(
      await db.one.tell("DECLARE @t TABLE (a int); INSERT INTO @t VALUES (1); SELECT a FROM @t;"),
    ).toEqual([["1"]]);
  });
});

describe("tables", () => {
  test("uniqueness is looked at when the statement ends", async () => {
    await db.one.set(
      "CREATE TABLE c (a int PRIMARY KEY, b int); CREATE UNIQUE INDEX b ON c (b); INSERT INTO c VALUES (1, 1), (2, 2);",
      "UPDATE c SET a = 3 - a, b = 3 - b",
    );
    expect(await db.one.tell("SELECT a, b FROM c ORDER BY a")).toEqual([
      ["1", "1"],
      ["2", "2"],
    ]);
  });

  test("names have no case", async () => {
    expect(await db.one.tell("SELECT T.K, x.A FROM DBO.T INNER JOIN T AS X ON x.k = t.K")).toEqual([
      ["1", "one"],
    ]);
  });

  test("computed and versioned columns are written by the server only", async () => {
    await db.one.set(
      "CREATE TABLE c (a int, b AS (a * 2), v rowversion)",
      "INSERT INTO c (a) VALUES (1)",
      "UPDATE c SET a = 2",
    );
    expect(await db.one.tell("SELECT a, b FROM c")).toEqual([["2", "4"]]);
    expect(await db.one.tell("INSERT INTO c (b) VALUES (1)")).toEqual(["error 271"]);
    expect(await db.one.tell("INSERT INTO c (v) VALUES (0x01)")).toEqual(["error 273"]);
    expect(await db.one.tell("UPDATE c SET v = 0x01")).toEqual(["error 272"]);
  });
});
