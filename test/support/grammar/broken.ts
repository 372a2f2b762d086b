/** Ways to break the texts of the SQL Server target, each a replacement in a text that is right. */
import type { Capabilities } from "../../../src/targets/capabilities.ts";
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
import { wavesSql } from "../../../src/targets/sqlserver/apply/write-sql.ts";
import { keyedPlan } from "../../../src/sql/match.ts";
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
    stage: guarded([...fillStageSql(native, [shape]), ...checkStageSql(native, [shape])]),
    waves: guarded(keyed === null ? [] : [wavesSql(keyed)]),
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
    "MERGE without ON": [/ on target\b.*/, ""],
    "MERGE without THEN": [" then update", " update"],
    "WHEN NOT MATCHED without INSERT": [/insert \(.*?\) values \(.*?\)/, ""],
    "INSERT of MERGE without VALUES": [" values (excluded.[id]", " (excluded.[id]"],
    "WHEN MATCHED with INSERT": [
      "then update set [qty] = excluded.[qty], [name] = excluded.[name]",
      "THEN INSERT DEFAULT",
    ],
    "MERGE without USING": ["using (", "("],
    "MERGE's source without a parenthesis": [") as excluded on", " as excluded on"],
    "MERGE's hint after the alias": [
      "with (holdlock, updlock) as target",
      "as target with (holdlock, updlock)",
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
    "a column twice in an INSERT": ["insert ([id], [qty], [name])", "insert ([id], [qty], [qty])"],
    "fewer values than columns": ["values (excluded.[id], ", "values ("],
    "EXCEPT without a second query": [/except select .*?\)\)\)/, "except)))"],
    "AND without a condition": [/when matched and \(target[^)]*\)/, "when matched and"],
    "a boolean as a value": ["SELECT @number AS number", "SELECT @number = 1 AS number"],
    "a comma at the end of a list": ["excluded.[name])\nOUTPUT", "excluded.[name],)\nOUTPUT"],
  }),
  ...breaks("look", {
    "a table hint before the alias": [
      "as target with (updlock, holdlock) on",
      "with (updlock, holdlock) as target on",
    ],
    "a JOIN without ON": [
      / on target\.\[id\] = excluded\.\[id\]\nwhere upsurge_shape = 0\) as looked/,
      ") as looked",
    ],
    "a derived table without an alias": [" as looked", ""],
    "an aggregate over a subquery": ["sum(looked.skipped)", "sum((select 1))"],
    "a SELECT that assigns and gives rows": [
      "@met = count_big(distinct looked.ord)",
      "count_big(distinct looked.ord)",
    ],
    "CASE without END": [" then 0 else 1 end", " then 0 else 1"],
    "ORDER BY a constant": ["order by excluded.upsurge_ord", "order by 1"],
    "NOT EXISTS without a query": [/not exists \(select 1 from .*?\[id\]\)/, "not exists"],
    "UPDATE without SET": ["update target set ", "update target "],
    "INSERT without a query or values": [/\nselect excluded\.\[id\].*/, ""],
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
    "a window without its ORDER": [" order by upsurge_ord)", " order upsurge_ord)"],
    "a window ordered by a constant": [" order by upsurge_ord)", " order by 1)"],
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
      "when not matched by",
      "when matched then update set [qty] = 1\nwhen not matched by",
    ],
    "EXCEPT of unlike numbers of columns (205)": [
      "except select excluded.[qty], ",
      "except select ",
    ],
    "an alias that is not there (4104)": ["on target.", "on aim."],
    "a type that does not exist (2715)": ["@number int", "@number integer4"],
    "a hint for another server (321)": ["holdlock", "holdfast"],
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
