/**
 * SQL Server, values of more than 4,000 characters: of such a text TRY_CONVERT makes no NULL but an error, for every type
 * that is neither text nor binary. The record is a reject, and the others are loaded.
 */
import mssql from "mssql";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { clientConfig } from "../../src/targets/sqlserver/connect/client-config.ts";
import { ENGINES, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import { runLoad } from "../helpers/load.ts";
import { REAL_SERVER } from "../helpers/sqlserver-database.ts";
import { useTempDir } from "../helpers/temp-dir.ts";

const [sqlserver] = ENGINES.filter(({ name }) => name === "sqlserver");
if (sqlserver === undefined) throw new Error("there is no engine sqlserver");
const database = useDatabase(sqlserver);
const temporary = useTempDir();
beforeEach(() => database.reset());

/** Each with a value of it, and the number of a text that is none. */
const TYPES = [
  ["bigint", "7", "8114"],
  ["int", "7", "245"],
  ["smallint", "7", "245"],
  ["tinyint", "7", "245"],
  ["bit", "1", "245"],
  ["decimal(9,2)", "7.25", "8114"],
  ["numeric(9,2)", "7.25", "8114"],
  ["float", "7.25", "8114"],
  ["real", "7.25", "8114"],
  ["money", "7.25", "235"],
  ["smallmoney", "7.25", "293"],
  ["uniqueidentifier", "6F9619FF-8B86-D011-B42D-00C04FC964FF", "8169"],
  ["date", "2024-02-29", "241"],
  ["time", "10:11:12", "241"],
  ["datetime", "2024-02-29 10:11:12", "241"],
  ["smalldatetime", "2024-02-29 10:11", "295"],
  ["datetime2", "2024-02-29 10:11:12", "241"],
  ["datetimeoffset", "2024-02-29 10:11:12 +01:00", "241"],
] as const;

describe.each(waysOf(sqlserver, [1000]).map((way) => [wayTitle(way), way] as const))(
  `${sqlserver.title}, a value of more than 4,000 characters: %s`,
  (_, way) => {
    test("is a reject of its record, whatever the type, and the longest text is not", async () => {
      const columns = TYPES.map(([type], at) => `c${at} ${type} null`);
      await database.exec(
        `create table t (id int primary key, ${columns.join(", ")}, s nvarchar(max) null)`,
      );
      const lines = TYPES.flatMap(([, value], at) => [
        { id: 2 * at, [`c${at}`]: value.padEnd(4001) },
        { id: 2 * at + 1, [`c${at}`]: value, s: "x".repeat(4001) },
      ]);
      const { counts, rejects, error } = await runLoad(
        database,
        {
          folder: temporary.path,
          table: "t",
          extension: "ndjson",
          input: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
          flags: ["--key", "id"],
        },
        way,
      );
      expect(error).toBeNull();
      expect(counts).toEqual({ inserted: TYPES.length, rejected: TYPES.length });
      expect(rejects).toEqual(
        TYPES.map(([, , dbCode], at) => ({
          record: 2 * at + 1,
          code: "ROW_TYPE",
          dbCode,
          column: `c${at}`,
        })),
      );
      expect(await database.rows("select count(*) from t where len(s) = 4001")).toEqual([
        [String(TYPES.length)],
      ]);
    });

    test("is one as well when an exponent that is written out makes it so long", async () => {
      await database.exec("create table t (id int primary key, n decimal(9,2) null)");
      const { counts, rejects } = await runLoad(
        database,
        {
          folder: temporary.path,
          table: "t",
          extension: "csv",
          input: `id,n\n1,${"0".repeat(3990)}e20\n2,1.5e2\n`,
          flags: ["--key", "id"],
        },
        way,
      );
      expect(counts).toEqual({ inserted: 1, rejected: 1 });
      expect(rejects).toMatchObject([{ record: 1, code: "ROW_TYPE", dbCode: "8114" }]);
    });
  },
);

const long = (text: string): string =>
  `DECLARE @text nvarchar(max) = ${text}; SELECT CASE WHEN TRY_CONVERT(`;
const DIGITS = "REPLICATE(CONVERT(nvarchar(max), N'7'), 4001)";

// Nobody has said what these do; a server of Microsoft's is asked.
describe.runIf(REAL_SERVER !== null)("a server of Microsoft's, asked about long texts", () => {
  let pool: mssql.ConnectionPool;
  beforeAll(async () => {
    pool = await new mssql.ConnectionPool(clientConfig(database.url, {})).connect();
  });
  afterAll(() => pool.close());

  test.each(TYPES)("TRY_CONVERT to %s of more than 4,000 characters is an error", async (type) => {
    const asked = pool.request().batch(`${long(DIGITS)}${type}, @text) IS NULL THEN 1 END`);
    await expect(asked).rejects.toMatchObject({ number: 8152 });
  });

  test.each([
    ["varbinary(max)", `N'0x' + ${DIGITS} + N'7'`, ", 1"],
    ["varbinary(8000)", `N'0x' + ${DIGITS} + N'7'`, ", 1"],
    ["xml", `N'<a>' + ${DIGITS} + N'</a>'`, ""],
    ["geometry", `N'POINT (1 1' + REPLICATE(CONVERT(nvarchar(max), N' '), 4001) + N')'`, ""],
    ["geography", `N'POINT (1 1' + REPLICATE(CONVERT(nvarchar(max), N' '), 4001) + N')'`, ""],
  ])("TRY_CONVERT to %s of more than 4,000 characters is a value", async (type, text, style) => {
    const sql = `${long(text)}${type}, @text${style}) IS NOT NULL THEN 1 END AS is_value`;
    const { recordset } = await pool.request().batch(sql);
    expect(recordset).toEqual([{ is_value: 1 }]);
  });

  test.each([
    ["varbinary(max)", `0x${"7".repeat(4002)}`],
    ["xml", `<a>${"7".repeat(4001)}</a>`],
    ["geometry", `POINT (1 1${" ".repeat(4001)})`],
  ])("a load takes such a value into %s", async (type, value) => {
    await database.exec(`create table t (id int primary key, c ${type} null)`);
    const load = {
      folder: temporary.path,
      table: "t",
      extension: "csv",
      input: `id,c\n1,${value}\n2,\n`,
      flags: ["--key", "id"],
    } as const;
    const way = { strategy: "auto", rowSource: "auto", batchRows: 10 };
    const { counts } = await runLoad(database, load, way);
    expect(counts).toEqual({ inserted: 2 });
  });
});
