import { describe, expect, test } from "vitest";
import {
  answering,
  block,
  counter,
  script,
  tried,
  tryCatch,
} from "../../../../src/targets/sqlserver/apply/guard.ts";
import { quoteIdentifier, quoteLiteral } from "../../../../src/targets/sqlserver/quote.ts";
import { settingsSql } from "../../../../src/targets/sqlserver/connect/settings.ts";

describe("a guard", () => {
  test("tries statements with XACT_ABORT OFF, and answers how it went", () => {
    expect(answering([counter("inserted")], [tried(["INSERT INTO t DEFAULT VALUES"])]))
      .toBe(`SET XACT_ABORT OFF;
DECLARE @number int = 0, @message nvarchar(2048) = NULL, @doomed int = 0, @inserted bigint = 0;
BEGIN TRY
INSERT INTO t DEFAULT VALUES;
END TRY
BEGIN CATCH
SELECT @number = ERROR_NUMBER(), @message = ERROR_MESSAGE();
IF XACT_STATE() <> 1 SET @doomed = 1;
IF XACT_STATE() = -1 ROLLBACK TRANSACTION;
END CATCH;
SET XACT_ABORT ON;
SELECT @number AS number, @message AS message, @doomed AS doomed, @inserted AS inserted, 1 AS upsurge_answers;
`);
  });
  test("asks a question of the temporary tables only while they live", () => {
    const sql = answering([], ["SET @number = 1"], "SELECT 1 FROM #t");
    expect(sql).toMatch(/AS doomed, 2 AS upsurge_answers;\nIF @doomed = 0 SELECT 1 FROM #t;\n$/);
  });
});

test("statements end with semicolons, blocks do not", () => {
  expect(script(["A", "B"])).toBe("A;\nB;\n");
  expect(block(["A"])).toBe("BEGIN\nA;\nEND");
  expect(tryCatch(["A"], ["B"])).toBe("BEGIN TRY\nA;\nEND TRY\nBEGIN CATCH\nB;\nEND CATCH");
});

describe("the settings", () => {
  test("name the language before the order of dates, which it would change", () => {
    const settings = settingsSql(1000);
    const language = settings.indexOf("SET LANGUAGE us_english");
    expect(language).toBeGreaterThanOrEqual(0);
    expect(settings.indexOf("SET DATEFORMAT ymd")).toBeGreaterThan(language);
  });
  test("say each thing once, and the time to wait in whole milliseconds", () => {
    const settings = settingsSql(1000.4);
    expect(new Set(settings.map((each) => each.split(" ")[1])).size).toBe(settings.length);
    expect(settings.at(-1)).toBe("SET LOCK_TIMEOUT 1000");
  });
});

test("names and texts are quoted so that nothing in them ends them", () => {
  expect(["a", "a]b", "]]", "[x]", 'a"b'].map(quoteIdentifier)).toEqual([
    "[a]",
    "[a]]b]",
    "[]]]]]",
    "[[x]]]",
    '[a"b]',
  ]);
  expect(["it's", "''", "a\\b"].map(quoteLiteral)).toEqual(["N'it''s'", "N''''''", "N'a\\b'"]);
});
