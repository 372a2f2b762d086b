/** Transactions and errors as SQL Server has them: with and without XACT_ABORT, inside and outside of TRY. */
import { beforeEach, describe, expect, test } from "vitest";
import { useTsql } from "./talk.ts";

const db = useTsql();

const CATCH = `BEGIN CATCH SELECT ERROR_NUMBER(), XACT_STATE(), @@TRANCOUNT; END CATCH;`;

/** Statements with the number of their error, when it undoes nothing but the statement. */
const MILD: readonly (readonly [number, string])[] = [
  [2627, "INSERT INTO t (id) VALUES (1)"],
  [2627, "INSERT INTO t (id, u) VALUES (2, N'A')"],
  [2601, "INSERT INTO t (id, ix) VALUES (2, 1)"],
  [547, "INSERT INTO t (id, n) VALUES (2, 100)"],
  [547, "INSERT INTO t (id, parent) VALUES (2, 77)"],
  [515, "INSERT INTO t (id) VALUES (NULL)"],
  [515, "UPDATE t SET id = NULL"],
  [2628, "INSERT INTO t (id, u) VALUES (2, N'longer')"],
  [544, "INSERT INTO i (n) VALUES (2)"],
  [
    8672,
    "MERGE t USING (SELECT 1 AS id UNION ALL SELECT 1) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = 5;",
  ],
  [8134, "SELECT 1 / (id - 1) FROM t"],
  // Overflows.
  [220, "UPDATE t SET tiny = 255 + id"],
  [242, "SELECT CONVERT(datetime, N'1700-01-01')"],
  [248, "SELECT CONVERT(int, N'99999999999')"],
  [8115, "SELECT CONVERT(decimal(3, 1), N'1000')"],
  [8115, "UPDATE t SET n = 2147483647 + id"],
];

/** Those that doom. */
const GRAVE: readonly (readonly [number, string])[] = [
  [245, "INSERT INTO t (id) SELECT CONVERT(int, N'x')"],
  [8114, "SELECT CONVERT(decimal(5, 2), N'x')"],
  [8114, "SELECT CONVERT(bigint, N'x')"],
  [8114, "SELECT CONVERT(float, N'x')"],
  [241, "SELECT CONVERT(date, N'x')"],
  [8169, "SELECT CONVERT(uniqueidentifier, N'x')"],
];

beforeEach(async () => {
  await db.one.set(
    `CREATE TABLE t (id int NOT NULL PRIMARY KEY, u nvarchar(3) UNIQUE, ix int, n int CHECK (n < 90), parent int REFERENCES t (id), tiny tinyint);
     CREATE UNIQUE INDEX t_ix ON t (ix) WHERE ix IS NOT NULL;
     INSERT INTO t VALUES (1, N'a', 1, 1, NULL, NULL);
     CREATE TABLE i (n int IDENTITY(1, 1), x int);
     CREATE TABLE log (x int);`,
  );
});

describe("XACT_ABORT OFF, inside TRY", () => {
  test.each(MILD)("%i leaves the transaction as it was: %s", async (number, sql) => {
    const told = await db.one.tell(
      `BEGIN TRANSACTION; INSERT INTO log VALUES (1); BEGIN TRY ${sql} END TRY ${CATCH} INSERT INTO log VALUES (2); COMMIT; SELECT COUNT(*) FROM log;`,
    );
    expect(told).toEqual([[String(number), "1", "1"], ["2"]]);
  });

  test.each(GRAVE)("%i dooms the transaction: %s", async (number, sql) => {
    const told = await db.one.tell(
      `BEGIN TRANSACTION; INSERT INTO log VALUES (1); BEGIN TRY ${sql} END TRY ${CATCH} SELECT COUNT(*) FROM log; ROLLBACK TRANSACTION; SELECT COUNT(*) FROM log;`,
    );
    expect(told).toEqual([[String(number), "-1", "1"], ["1"], ["0"]]);
  });

  test.each(["RAISERROR(N'mine', 16, 1)", "THROW 50000, N'mine', 1"])(
    "%s is caught",
    async (sql) => {
      const told = await db.one.tell(`BEGIN TRAN; BEGIN TRY ${sql} END TRY ${CATCH} COMMIT;`);
      expect(told).toEqual([["50000", "1", "1"]]);
    },
  );

  test("an error in a trigger dooms", async () => {
    await db.one.set(
      "CREATE TRIGGER tr ON t AFTER INSERT AS IF EXISTS (SELECT 1 FROM inserted WHERE n = 13) THROW 50001, N'no 13', 1;",
    );
    const told = await db.one.tell(
      `BEGIN TRAN; BEGIN TRY INSERT INTO t (id, n) VALUES (3, 13) END TRY ${CATCH} ROLLBACK TRAN;`,
    );
    expect(told).toEqual([["50001", "-1", "1"]]);
  });

  test("a constraint that a trigger hits dooms too", async () => {
    await db.one.set(
      "CREATE TRIGGER tr ON log AFTER INSERT AS INSERT INTO t (id) SELECT x FROM inserted;",
    );
    const told = await db.one.tell(
      `BEGIN TRAN; BEGIN TRY INSERT INTO log VALUES (1) END TRY ${CATCH} ROLLBACK TRAN;`,
    );
    expect(told).toEqual([["2627", "-1", "1"]]);
  });

  test("without a transaction there is none to doom", async () => {
    const told = await db.one.tell(
      `BEGIN TRY INSERT INTO t (id) SELECT CONVERT(int, N'x') END TRY ${CATCH} INSERT INTO log VALUES (1); SELECT COUNT(*) FROM log;`,
    );
    expect(told).toEqual([["245", "0", "0"], ["1"]]);
  });

  test("a name that nobody knows is not caught, and the transaction stays open", async () => {
    expect(
      await db.one.tell(`BEGIN TRAN; BEGIN TRY SELECT * FROM nothing END TRY ${CATCH} SELECT 1;`),
    ).toEqual(["error 208"]);
    expect(db.one.session.inTransaction).toBe(true);
    expect(await db.one.tell(`BEGIN TRY SELECT nothing FROM t END TRY ${CATCH} SELECT 1;`)).toEqual(
      ["error 207"],
    );
    expect(await db.one.tell("SELECT @@TRANCOUNT; ROLLBACK;")).toEqual([["1"]]);
  });

  test("inside EXEC it is", async () => {
    expect(await db.one.tell(`BEGIN TRY EXEC(N'SELECT * FROM nothing') END TRY ${CATCH}`)).toEqual([
      ["208", "0", "0"],
    ]);
  });
});

describe("XACT_ABORT OFF, outside TRY", () => {
  test("a constraint's error lets the batch go on", async () => {
    const told = await db.one.tell(
      "BEGIN TRAN; INSERT INTO t (id) VALUES (1); INSERT INTO log VALUES (1); SELECT @@TRANCOUNT; COMMIT;",
    );
    expect(told).toEqual(["error 2627", ["1"]]);
    expect(await db.one.tell("SELECT COUNT(*) FROM log")).toEqual([["1"]]);
  });

  test("a conversion's error ends the batch and rolls back", async () => {
    const told = await db.one.tell(
      "BEGIN TRAN; INSERT INTO log VALUES (1); SELECT CONVERT(int, N'x'); SELECT 1;",
    );
    expect(told).toEqual(["error 245"]);
    expect(await db.one.tell("SELECT @@TRANCOUNT, (SELECT COUNT(*) FROM log)")).toEqual([
      ["0", "0"],
    ]);
  });

  test("THROW ends the batch and leaves the transaction, RAISERROR does neither", async () => {
    expect(
      await db.one.tell(
        "BEGIN TRAN; RAISERROR(N'a', 16, 1); SELECT 1; THROW 50000, N'b', 1; SELECT 2;",
      ),
    ).toEqual(["error 50000", ["1"], "error 50000"]);
    expect(db.one.session.inTransaction).toBe(true);
  });

  test("each statement commits by itself", async () => {
    await db.one.tell(
      "INSERT INTO log VALUES (1); INSERT INTO t (id) VALUES (1); INSERT INTO log VALUES (2);",
    );
    expect(await db.one.tell("SELECT COUNT(*) FROM log")).toEqual([["2"]]);
  });

  test("a syntax error keeps the whole batch from running", async () => {
    expect(await db.one.tell("INSERT INTO log VALUES (1); SELECT FROM;")).toEqual(["error 156"]);
    expect(await db.one.tell("SELECT COUNT(*) FROM log")).toEqual([["0"]]);
  });
});

describe("XACT_ABORT ON", () => {
  beforeEach(() => db.one.set("SET XACT_ABORT ON"));

  test.each([...MILD, ...GRAVE])("%i dooms inside TRY: %s", async (number, sql) => {
    const told = await db.one.tell(
      `BEGIN TRANSACTION; BEGIN TRY ${sql} END TRY ${CATCH} ROLLBACK TRANSACTION; SELECT @@TRANCOUNT;`,
    );
    expect(told).toEqual([[String(number), "-1", "1"], ["0"]]);
  });

  test.each([...MILD, ...GRAVE, [208, "SELECT * FROM nothing"] as const])(
    "%i ends the batch and rolls back outside TRY: %s",
    async (number, sql) => {
      const told = await db.one.tell(
        `BEGIN TRANSACTION; INSERT INTO log VALUES (1); ${sql} SELECT N'never';`,
      );
      expect(told).toEqual([`error ${number}`]);
      expect(await db.one.tell("SELECT @@TRANCOUNT, (SELECT COUNT(*) FROM log)")).toEqual([
        ["0", "0"],
      ]);
    },
  );

  test("without a transaction the batch ends too", async () => {
    expect(await db.one.tell("INSERT INTO t (id) VALUES (1); SELECT 1;")).toEqual(["error 2627"]);
  });
});

describe("a doomed transaction", () => {
  const doom = `SET XACT_ABORT ON; BEGIN TRAN; INSERT INTO log VALUES (1); BEGIN TRY INSERT INTO t (id) VALUES (1) END TRY BEGIN CATCH`;

  test("can be read", async () => {
    expect(await db.one.tell(`${doom} SELECT COUNT(*) FROM log; ROLLBACK; END CATCH;`)).toEqual([
      ["1"],
    ]);
  });

  test.each([
    [3930, "INSERT INTO log VALUES (2)"],
    [3930, "DELETE FROM log"],
    [3930, "COMMIT TRANSACTION"],
    [3930, "SAVE TRANSACTION s"],
    [3931, "ROLLBACK TRANSACTION s"],
  ])("answers %i to %s", async (number, sql) => {
    expect(await db.one.tell(`${doom} ${sql}; SELECT 1; END CATCH;`)).toEqual([`error ${number}`]);
    expect(db.one.session.inTransaction).toBe(false);
  });

  test("is rolled back at the end of the batch", async () => {
    expect(await db.one.tell(`${doom} SELECT XACT_STATE(); END CATCH;`)).toEqual([
      ["-1"],
      "error 3998",
    ]);
    expect(await db.one.tell("SELECT @@TRANCOUNT, (SELECT COUNT(*) FROM log)")).toEqual([
      ["0", "0"],
    ]);
  });
});

describe("savepoints and nesting", () => {
  test("rolling back to a name goes to the newest of that name", async () => {
    const told = await db.one.tell(
      "BEGIN TRAN; SAVE TRAN s; INSERT INTO log VALUES (1); SAVE TRAN s; INSERT INTO log VALUES (2); ROLLBACK TRAN s; SELECT x FROM log; COMMIT; SELECT x FROM log;",
    );
    expect(told).toEqual([["1"], ["1"]]);
  });

  test("a name between two of another", async () => {
    const told = await db.one.tell(
      "BEGIN TRAN; SAVE TRAN a; INSERT INTO log VALUES (1); SAVE TRAN b; INSERT INTO log VALUES (2); ROLLBACK TRAN a; SELECT COUNT(*) FROM log; ROLLBACK TRAN b; COMMIT;",
    );
    expect(told).toEqual([["0"], "error 6401"]);
  });

  test("inner transactions only count", async () => {
    const told = await db.one.tell(
      "BEGIN TRAN; BEGIN TRAN; INSERT INTO log VALUES (1); COMMIT; SELECT @@TRANCOUNT; ROLLBACK; SELECT @@TRANCOUNT, (SELECT COUNT(*) FROM log);",
    );
    expect(told).toEqual([["1"], ["0", "0"]]);
  });

  test("ends without a beginning are errors", async () => {
    expect(await db.one.tell("COMMIT; ROLLBACK; SAVE TRAN s;")).toEqual([
      "error 3902",
      "error 3903",
      "error 628",
    ]);
  });

  test("a transaction goes on from batch to batch", async () => {
    await db.one.set("BEGIN TRAN", "INSERT INTO log VALUES (1)");
    const other = await db.open();
    await other.set("SET LOCK_TIMEOUT 50");
    expect(await other.tell("SELECT COUNT(*) FROM log")).toEqual([["0"]]);
    await db.one.set("COMMIT");
    expect(await other.tell("SELECT COUNT(*) FROM log")).toEqual([["1"]]);
  });
});

describe("between two sessions", () => {
  test("a lock that is not had in time is 1222 and undoes its statement only", async () => {
    const other = await db.open();
    await db.one.set("BEGIN TRAN; UPDATE t SET n = 2;");
    const told = await other.tell(
      `SET LOCK_TIMEOUT 50; BEGIN TRAN; BEGIN TRY UPDATE t SET n = 3 END TRY ${CATCH} COMMIT;`,
    );
    expect(told).toEqual([["1222", "1", "1"]]);
  });

  test("a deadlock leaves a transaction that can only be rolled back", async () => {
    const other = await db.open();
    await db.one.set(
      "INSERT INTO log VALUES (1); INSERT INTO i (x) VALUES (1);",
      "BEGIN TRAN; UPDATE log SET x = 2;",
    );
    await other.set("BEGIN TRAN; UPDATE i SET x = 2;");
    const told = await Promise.all([
      db.one.tell(`BEGIN TRY UPDATE i SET x = 3 END TRY ${CATCH}`),
      other.tell(`BEGIN TRY UPDATE log SET x = 3 END TRY ${CATCH}`),
    ]);
    expect(told.flat()).toEqual([["1205", "-1", "1"], "error 3998"]);
  });

  test("an application lock is waited for and not had", async () => {
    const other = await db.open();
    const take =
      "BEGIN TRAN; DECLARE @r int; EXEC @r = sp_getapplock @Resource = N'r', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 50; SELECT @r AS r;";
    expect(await db.one.tell(take)).toEqual([["0"]]);
    expect(await other.tell(take)).toEqual([["-1"]]);
    expect(other.session.inTransaction).toBe(true);
  });
});
