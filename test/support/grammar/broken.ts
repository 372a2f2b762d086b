/** Ways to break the texts of the SQL Server target, each a replacement in a text that is right. */
import type { Capabilities } from "../../../src/targets/target.ts";
import { eachSql } from "../../../src/targets/sqlserver/apply/each-sql.ts";
import { guarded, script } from "../../../src/targets/sqlserver/apply/guard.ts";
import { quoteIdentifier } from "../../../src/targets/sqlserver/quote.ts";
import { rowsOf, setSql } from "../../../src/targets/sqlserver/apply/set-sql.ts";
import { settingsSql } from "../../../src/targets/sqlserver/connect/settings.ts";
import {
  checkStageSql,
  fillStageSql,
  stageDdl,
} from "../../../src/targets/sqlserver/stage/stage-sql.ts";
import { wavesSql, keyedPlan } from "../../../src/targets/sqlserver/apply/write-sql.ts";
import { planFor } from "../../helpers/shapes.ts";
import { tsqlTable } from "./tables.ts";

/** A kind of error: what is found and what it becomes, in the text called `of`. */
export interface Breakage {
  readonly kind: string;
  readonly of: keyof ReturnType<typeof soundTexts>;
  readonly find: string | RegExp;
  readonly put: string;
}

/** The texts to break. */
export function soundTexts(capabilities: Capabilities) {
  const how = { capabilities, quoteIdentifier };
  const shape = { id: 0, columns: ["id", "qty", "name"] };
  const options = { key: ["id"], updateWhere: "qty < excluded.qty" };
  const native = planFor(tsqlTable(), options, how);
  const looking = planFor(tsqlTable(), { ...options, strategy: "select-then-write" }, how);
  const keyed = keyedPlan(native);
  const rows = rowsOf(shape, { kind: "all" });
  return {
    merge: setSql(native, rows),
    look: setSql(looking, rows),
    each: eachSql(native, [shape]),
    stage: guarded([], [...fillStageSql(native, [shape]), ...checkStageSql(native, [shape])]),
    waves: guarded([], keyed === null ? [] : [wavesSql(keyed)]),
    tables: script(stageDdl(native, "Db_CI")),
    settings: script(settingsSql(1000)),
    lock: script([
      "DECLARE @granted int",
      "EXEC @granted = sp_getapplock @Resource = N'upsurge:[dbo].[t]', @LockMode = 'Exclusive'",
    ]),
  };
}

function breaks(
  of: Breakage["of"],
  kinds: Readonly<Record<string, readonly [find: string | RegExp, put: string]>>,
): Breakage[] {
  return Object.entries(kinds).map(([kind, [find, put]]) => ({ kind, of, find, put }));
}

/** Each is refused by the grammar or by a rule. */
export const BREAKAGES: readonly Breakage[] = [
  ...breaks("merge", {
    "MERGE without ON": [/\nON .*/, ""],
    "MERGE without THEN": [" THEN UPDATE", " UPDATE"],
    "WHEN NOT MATCHED without INSERT": [/INSERT \(.*?\) VALUES \(.*?\)/, ""],
    "INSERT of MERGE without VALUES": [" VALUES (excluded.[id]", " (excluded.[id]"],
    "WHEN MATCHED with INSERT": [
      "THEN UPDATE SET [qty] = excluded.[qty], [name] = excluded.[name]",
      "THEN INSERT DEFAULT",
    ],
    "MERGE without USING": ["USING (", "("],
    "MERGE's source without a parenthesis": [") AS excluded\nON", " AS excluded\nON"],
    "MERGE's hint after the alias": [
      "WITH (HOLDLOCK, UPDLOCK) AS target",
      "AS target WITH (HOLDLOCK, UPDLOCK)",
    ],
    "MERGE without its semicolon": ["(did);", "(did)"],
    "OUTPUT without INTO": [" INTO @written (did)", ""],
    "OUTPUT INTO the table that is written": ["INTO @written (did)", "INTO [dbo].[t] ([id])"],
    "a bracket that closes too late": ["[qty] = excluded.[qty]", "[qty = excluded.[qty]"],
    "a bracket that never closes": ["excluded.[name])\nOUTPUT", "excluded.[name)\nOUTPUT"],
    "an unclosed string": ["N'INSERT'", "N'INSERT"],
    "DECLARE without a type": ["@number int = 0", "@number = 0"],
    "a variable declared twice": ["@matched bigint", "@number bigint"],
    "a variable not declared": ["@written TABLE", "@wrote TABLE"],
    "BEGIN TRY without END TRY": ["END TRY\n", ""],
    "BEGIN TRY without a CATCH": [/BEGIN CATCH[\s\S]*END CATCH;\n/, ""],
    "END CATCH without BEGIN CATCH": ["BEGIN CATCH\n", ""],
    "a column twice in a SET": ["[name] = excluded.[name]", "[qty] = excluded.[name]"],
    "a column twice in an INSERT": ["INSERT ([id], [qty], [name])", "INSERT ([id], [qty], [qty])"],
    "fewer values than columns": ["VALUES (excluded.[id], ", "VALUES ("],
    "EXCEPT without a second query": [/EXCEPT SELECT .*?\)\)\)/, "EXCEPT)))"],
    "AND without a condition": [/WHEN MATCHED AND \(target[^)]*\)/, "WHEN MATCHED AND"],
    "a boolean as a value": ["SELECT @number AS number", "SELECT @number = 1 AS number"],
    "a comma at the end of a list": ["excluded.[name])\nOUTPUT", "excluded.[name],)\nOUTPUT"],
  }),
  ...breaks("look", {
    "a table hint before the alias": [
      "AS target WITH (UPDLOCK, HOLDLOCK) ON",
      "WITH (UPDLOCK, HOLDLOCK) AS target ON",
    ],
    "a JOIN without ON": [
      / ON target\.\[id\] = excluded\.\[id\]\nWHERE upsurge_shape = 0\) AS looked/,
      ") AS looked",
    ],
    "a derived table without an alias": [" AS looked", ""],
    "an aggregate over a subquery": ["SUM(looked.skipped)", "SUM((SELECT 1))"],
    "a SELECT that assigns and gives rows": [
      "@met = COUNT_BIG(DISTINCT looked.ord)",
      "COUNT_BIG(DISTINCT looked.ord)",
    ],
    "CASE without END": [" THEN 0 ELSE 1 END", " THEN 0 ELSE 1"],
    "ORDER BY a constant": ["ORDER BY excluded.upsurge_ord", "ORDER BY 1"],
    "NOT EXISTS without a query": [/NOT EXISTS \(SELECT 1 FROM .*?\[id\]\)/, "NOT EXISTS"],
    "UPDATE without SET": ["UPDATE target SET ", "UPDATE target "],
    "INSERT without a query or values": [/\nSELECT excluded\.\[id\].*/, ""],
  }),
  ...breaks("each", {
    "WHILE without a condition": ["WHILE @ord IS NOT NULL\n", "WHILE\n"],
    "BEGIN without END": [/END;\nSET XACT_ABORT ON/, "SET XACT_ABORT ON"],
    "ELSE without IF": [
      "IF @rows = 0 SET @suppressed = @suppressed + 1 ELSE",
      "SET @suppressed = 1; ELSE",
    ],
    "IN without a list": [/IN \(235.*?\)/, "IN ()"],
    "SAVE without TRANSACTION": ["SAVE TRANSACTION", "SAVE"],
  }),
  ...breaks("stage", {
    "UNION ALL without a second query": [
      /UNION ALL\nSELECT[\s\S]*?\) AS found/,
      "UNION ALL\n) AS found",
    ],
    "an argument too few parentheses": ["TRY_CONVERT(int, r.f0)", "TRY_CONVERT(int, r.f0"],
    "TRUNCATE without TABLE": ["TRUNCATE TABLE #upsurge_fault", "TRUNCATE #upsurge_fault"],
  }),
  ...breaks("waves", {
    "a window without its ORDER": [" ORDER BY upsurge_ord)", " ORDER upsurge_ord)"],
    "a window ordered by a constant": [" ORDER BY upsurge_ord)", " ORDER BY 1)"],
  }),
  ...breaks("tables", {
    "a table without its parenthesis": [
      "PRIMARY KEY, upsurge_shape int NOT NULL, f0",
      "PRIMARY KEY), upsurge_shape int NOT NULL, f0",
    ],
    "a column without a type": ["upsurge_wave int NOT NULL", "upsurge_wave NOT NULL"],
    "a column twice in a table": ["[qty] int", "[id] int"],
    "a text with tempdb's collation": ["[name] nvarchar(40) COLLATE Db_CI", "[name] nvarchar(40)"],
  }),
  ...breaks("settings", {
    "a setting without a value": ["SET XACT_ABORT ON", "SET XACT_ABORT"],
    "an isolation level that does not exist": ["LEVEL READ COMMITTED", "LEVEL READ"],
  }),
  ...breaks("lock", {
    "an argument without a name after a named one": ["'Exclusive'", ""],
  }),
];

/** What the grammar and the rules let pass, though the server refuses it: known gaps. */
export const GAPS: readonly Breakage[] = [
  ...breaks("merge", {
    "two WHEN MATCHED that update (10714)": [
      "WHEN NOT MATCHED BY",
      "WHEN MATCHED THEN UPDATE SET [qty] = 1\nWHEN NOT MATCHED BY",
    ],
    "EXCEPT of unlike numbers of columns (205)": [
      "EXCEPT SELECT excluded.[qty], ",
      "EXCEPT SELECT ",
    ],
    "an alias that is not there (4104)": ["ON target.", "ON aim."],
    "a type that does not exist (2715)": ["@number int", "@number integer4"],
    "a hint for another server (321)": ["HOLDLOCK", "HOLDFAST"],
  }),
  ...breaks("each", {
    "a savepoint that was not set (6401)": [
      "SAVE TRANSACTION upsurge_row",
      "SAVE TRANSACTION upsurge_other",
    ],
  }),
  ...breaks("settings", {
    "a language that does not exist (2740)": ["us_english", "upsurge_english"],
  }),
];
