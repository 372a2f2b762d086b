import { describe, expect, test } from "vitest";
import type { TablePlan } from "../../../../src/model/load-plan.ts";
import type { GivenOptions } from "../../../helpers/options.ts";
import { eachSql } from "../../../../src/targets/sqlserver/apply/each-sql.ts";
import { METHODS } from "../../../../src/targets/sqlserver/methods.ts";
import { quoteIdentifier } from "../../../../src/targets/sqlserver/quote.ts";
import { rowsOf, setSql, statementsOf } from "../../../../src/targets/sqlserver/apply/set-sql.ts";
import {
  identitySql,
  insertSql,
  keyedPlan,
  lookSql,
  matchSql,
  mergeSql,
  updateFoundSql,
  wavesSql,
} from "../../../../src/targets/sqlserver/apply/write-sql.ts";
import type { KeyedPlan } from "../../../../src/targets/sqlserver/apply/write-sql.ts";
import { ABLE, column, planFor, uniqueKey } from "../../../helpers/shapes.ts";
import { tsqlTable } from "../../../support/grammar/tables.ts";

const FREE = {
  ...ABLE,
  methods: METHODS,
  upsertsWithoutIndex: true,
  appliesRowsInOrder: false,
  anyConstraint: false,
};

function plan(options: GivenOptions, shape = tsqlTable()): TablePlan {
  return planFor(shape, options, { capabilities: FREE, quoteIdentifier });
}

/** A plan by `id`, or by the key that the options name. */
function keyed(options: GivenOptions = {}, shape = tsqlTable()): KeyedPlan {
  const found = keyedPlan(
    plan(options.constraint === undefined ? { key: ["id"], ...options } : options, shape),
  );
  if (found === null) throw new Error("the plan has no key");
  return found;
}

const ROWS = { columns: ["id", "qty", "name"], condition: "upsurge_shape = 0" };

/** How each statement of a plan begins. */
function verbs(options: GivenOptions): string[] {
  return statementsOf(keyed(options), ROWS).map((sql) => /^\w+( @\w+)?/.exec(sql)?.[0] ?? "");
}

/** The test for change of `qty` and `name`. */
const DIFFERS =
  "EXISTS (SELECT target.[qty], CONVERT(varbinary(8000), target.[name]), DATALENGTH(target.[name]) EXCEPT SELECT excluded.[qty], CONVERT(varbinary(8000), excluded.[name]), DATALENGTH(excluded.[name]))";

describe("MERGE", () => {
  test("of an upsert", () => {
    expect(mergeSql(keyed(), ROWS)).toBe(`MERGE [dbo].[t] WITH (HOLDLOCK, UPDLOCK) AS target
USING (SELECT * FROM #upsurge_stage WHERE upsurge_shape = 0) AS excluded
ON target.[id] = excluded.[id]
WHEN MATCHED AND (${DIFFERS}) THEN UPDATE SET [qty] = excluded.[qty], [name] = excluded.[name]
WHEN NOT MATCHED BY TARGET THEN INSERT ([id], [qty], [name]) VALUES (excluded.[id], excluded.[qty], excluded.[name])`);
  });
  test("keeps the user's condition in parentheses", () => {
    expect(mergeSql(keyed({ updateWhere: "qty = 1 or [qty] = 2" }), ROWS)).toContain(
      `WHEN MATCHED AND (target.[qty] = 1 or target.[qty] = 2) AND (${DIFFERS}) THEN`,
    );
  });
  test("to ignore, or with nothing to update, has no UPDATE", () => {
    for (const options of [{ ignore: true }, { updateColumns: ["none"] }]) {
      expect(mergeSql(keyed(options), ROWS)).not.toContain("WHEN MATCHED");
    }
  });
  test("rewrites unchanged rows on request", () => {
    expect(mergeSql(keyed({ rewriteUnchanged: true }), ROWS)).toContain(
      "WHEN MATCHED THEN UPDATE SET [qty]",
    );
  });
  test("takes only what the rows carry", () => {
    const sql = mergeSql(keyed(), { ...ROWS, columns: ["id", "name"] });
    expect(sql).toContain("THEN UPDATE SET [name] = excluded.[name]\n");
    expect(sql).toContain("INSERT ([id], [name]) VALUES (excluded.[id], excluded.[name])");
  });
  test("keeps what is there where a NULL comes", () => {
    expect(mergeSql(keyed({ nullKeeps: true }), ROWS)).toContain(
      "SET [qty] = coalesce(excluded.[qty], target.[qty])",
    );
  });
  test("compares an expression as the column would store it, and lets one that is too long fail", () => {
    const sql = mergeSql(keyed({ set: ["name = upper(name)"] }), ROWS);
    expect(sql).toContain(
      "CONVERT(varbinary(8000), CONVERT(nvarchar(40), (upper(target.[name])))), DATALENGTH(CONVERT(nvarchar(40), (upper(target.[name])))))" +
        " OR COALESCE(DATALENGTH(RTRIM(CONVERT(nvarchar(max), (upper(target.[name]))))), 0) > 80" +
        " OR COALESCE(LEN(RTRIM(CONVERT(nvarchar(max), (upper(target.[name]))))), 0) > 40) THEN",
    );
    expect(sql).toContain("[name] = (upper(target.[name]))\n");
  });
  test("stamps without calling it a change; the stage holds the stamp", () => {
    const sql = mergeSql(keyed({ stamp: ["qty = 1"] }), ROWS);
    expect(sql).not.toContain("target.[qty]");
    expect(sql).toContain("SET [qty] = excluded.[qty], [name] = excluded.[name]\n");
    expect(sql).toContain("INSERT ([id], [name], [qty])");
  });
});

describe("the rows that a key finds", () => {
  test("have equal values", () => {
    expect(matchSql(keyed())).toBe("target.[id] = excluded.[id]");
  });
  test("have NULLs that meet, where the key may be NULL and the user says so", () => {
    const shape = tsqlTable({
      columns: [column("a", { type: "int" }), column("id", { type: "int", nullable: false })],
      uniqueKeys: [uniqueKey(["a", "id"])],
    });
    const options = { key: ["a", "id"], nullKey: "match" } as const;
    expect(matchSql(keyed(options, shape))).toBe(
      "EXISTS (SELECT target.[a] INTERSECT SELECT excluded.[a]) AND target.[id] = excluded.[id]",
    );
  });
  test("pass the filter of the index on both sides", () => {
    const shape = tsqlTable({
      uniqueKeys: [uniqueKey(["id"], { name: "u", predicate: "([qty]>(0))" })],
    });
    expect(matchSql(keyed({ constraint: "u" }, shape))).toBe(
      "target.[id] = excluded.[id] AND ((target.[qty]>(0))) AND ((excluded.[qty]>(0)))",
    );
  });
});

describe("looking", () => {
  test("counts what rows meet, what the condition skips, and what would not change", () => {
    expect(lookSql(keyed({ updateWhere: "qty > 1" }), ROWS))
      .toBe(`SELECT @matched = COUNT_BIG(*), @met = COUNT_BIG(DISTINCT looked.ord),
@skipped = COALESCE(SUM(looked.skipped), 0), @unchanged = COALESCE(SUM(looked.unchanged), 0)
FROM (SELECT excluded.upsurge_ord AS ord, CASE WHEN (target.[qty] > 1) THEN 0 ELSE 1 END AS skipped, CASE WHEN (target.[qty] > 1) AND NOT (${DIFFERS}) THEN 1 ELSE 0 END AS unchanged
FROM #upsurge_stage AS excluded INNER JOIN [dbo].[t] AS target WITH (UPDLOCK, HOLDLOCK) ON target.[id] = excluded.[id]
WHERE upsurge_shape = 0) AS looked`);
  });
  test("only matches where there is nothing to update", () => {
    expect(lookSql(keyed({ ignore: true }), ROWS)).toContain("0 AS skipped, 0 AS unchanged\n");
  });
  test("finds nothing unchanged that is to be rewritten", () => {
    expect(lookSql(keyed({ rewriteUnchanged: true }), ROWS)).toContain(
      "WHEN 1 = 1 AND 1 = 0 THEN 1",
    );
  });
});

describe("writing after looking", () => {
  test("updates what was found", () => {
    expect(updateFoundSql(keyed({ updateWhere: "qty > 1" }), ROWS))
      .toBe(`UPDATE target SET [qty] = excluded.[qty], [name] = excluded.[name]
FROM #upsurge_stage AS excluded INNER JOIN [dbo].[t] AS target WITH (UPDLOCK, HOLDLOCK) ON target.[id] = excluded.[id]
WHERE (upsurge_shape = 0) AND (target.[qty] > 1) AND (${DIFFERS})`);
    expect(updateFoundSql(keyed({ ignore: true }), ROWS)).toBeNull();
  });
  test("inserts the others, in order", () => {
    expect(insertSql(keyed(), ROWS)).toBe(`INSERT INTO [dbo].[t] ([id], [qty], [name])
SELECT excluded.[id], excluded.[qty], excluded.[name] FROM #upsurge_stage AS excluded WHERE upsurge_shape = 0 AND NOT EXISTS (SELECT 1 FROM [dbo].[t] AS target WITH (UPDLOCK, HOLDLOCK) WHERE target.[id] = excluded.[id]) ORDER BY excluded.upsurge_ord`);
  });
  test("inserts all of them without a key, and a row of nothing as the table's defaults", () => {
    expect(insertSql(plan({}), ROWS)).toBe(`INSERT INTO [dbo].[t] ([id], [qty], [name])
SELECT excluded.[id], excluded.[qty], excluded.[name] FROM #upsurge_stage AS excluded WHERE upsurge_shape = 0 ORDER BY excluded.upsurge_ord`);
    expect(insertSql(plan({}), { ...ROWS, columns: [] })).toBe(
      "INSERT INTO [dbo].[t] DEFAULT VALUES",
    );
  });
});

test("names stay names, whatever is in them", () => {
  const shape = tsqlTable({
    name: { schema: "s.x", name: "a]b" },
    columns: [column("k]", { type: "int", nullable: false }), column("select", { type: "int" })],
    uniqueKeys: [uniqueKey(["k]"])],
  });
  const sql = mergeSql(keyed({ key: ["k]"], set: ["[select] = [select] + 1"] }, shape), {
    columns: ["k]", "select"],
    condition: "1 = 1",
  });
  expect(sql).toContain("MERGE [s.x].[a]]b] WITH");
  expect(sql).toContain("ON target.[k]]] = excluded.[k]]]\n");
  expect(sql).toContain("SET [select] = (target.[select] + 1)\n");
});

describe("ids of the user's own", () => {
  const shape = tsqlTable({
    columns: [
      column("id", { type: "int", identity: "always", nullable: false }),
      column("qty", { type: "int" }),
    ],
  });

  test("are switched on for rows that bring them, off for others", () => {
    const kept = keyed({ keepIdentity: true }, shape);
    expect(identitySql(kept, ["id", "qty"])).toEqual(["SET IDENTITY_INSERT [dbo].[t] ON"]);
    expect(identitySql(kept, ["qty"])).toEqual(["SET IDENTITY_INSERT [dbo].[t] OFF"]);
  });
  test("matter to no update, and to no table without", () => {
    expect(identitySql(keyed({ keepIdentity: true, mode: "update" }, shape), ["id"])).toEqual([]);
    expect(identitySql(keyed({ keepIdentity: true }), ["id"])).toEqual([]);
  });
});

describe("waves", () => {
  test("number the rows of a key in their order", () => {
    expect(wavesSql(keyed())).toBe(`UPDATE s SET upsurge_wave = r.wave
FROM #upsurge_stage AS s INNER JOIN (SELECT upsurge_ord, ROW_NUMBER() OVER (PARTITION BY [id] ORDER BY upsurge_ord) AS wave
FROM #upsurge_stage) AS r ON r.upsurge_ord = s.upsurge_ord WHERE r.wave > 1`);
  });
  test("leave rows out whose NULL meets none", () => {
    const shape = tsqlTable({ columns: [column("k", { type: "int" })], uniqueKeys: [] });
    expect(wavesSql(keyed({ key: ["k"] }, shape))).toContain(" WHERE [k] IS NOT NULL) AS r");
    expect(wavesSql(keyed({ key: ["k"], nullKey: "match" }, shape))).not.toContain("IS NOT NULL");
  });
});

describe("a set batch", () => {
  test("takes a shape, and a wave of it", () => {
    const shape = { id: 3, columns: ["id"] };
    expect(rowsOf(shape, { kind: "all" }).condition).toBe("upsurge_shape = 3");
    expect(rowsOf(shape, { kind: "except", ords: [4] }).condition).toBe(
      "upsurge_shape = 3 AND upsurge_wave = 1",
    );
    expect(rowsOf(shape, { kind: "only", ords: [4], wave: 2 }).condition).toBe(
      "upsurge_shape = 3 AND upsurge_wave = 2",
    );
  });
  test("merges, looking only where the result would not tell", () => {
    expect(statementsOf(keyed(), ROWS)[0]).toContain("MERGE");
    expect(statementsOf(keyed({ updateWhere: "qty > 1" }), ROWS)[0]).toContain("SELECT @matched");
    const bare = tsqlTable({ uniqueKeys: [] });
    expect(statementsOf(keyed({}, bare), ROWS)[0]).toContain("SELECT @matched");
    expect(statementsOf(keyed({ ignore: true }, bare), ROWS)[0]).toContain("MERGE");
  });
  test("looks, updates and inserts where it is to", () => {
    expect(verbs({ strategy: "select-then-write" })).toEqual([
      "SELECT @matched",
      "UPDATE",
      "SET @updated",
      "INSERT",
      "SET @inserted",
    ]);
    expect(verbs({ mode: "update" })).toEqual(["SELECT @matched", "UPDATE", "SET @updated"]);
  });
  test("declares the table of MERGE's outputs only for MERGE", () => {
    expect(setSql(keyed(), ROWS)).toContain("DECLARE @written TABLE");
    expect(setSql(plan({}), ROWS)).not.toContain("@written");
  });
});

describe("one row at a time", () => {
  const shapes = [
    { id: 0, columns: ["id", "qty", "name"] },
    { id: 1, columns: ["id"] },
  ];

  test("each shape has its branch, each row its savepoint", () => {
    const sql = eachSql(keyed(), shapes);
    expect(sql.match(/IF @shape = \d/g)).toEqual(["IF @shape = 0", "IF @shape = 1"]);
    expect(sql).toContain("SAVE TRANSACTION upsurge_row;\nBEGIN TRY\nIF @shape = 0\n");
    expect(sql).toContain("ROLLBACK TRANSACTION upsurge_row;\n");
  });
  test("a key that finds several rows is refused, and updates none", () => {
    expect(eachSql(keyed(), shapes)).toContain(
      "IF @matched > 1 INSERT INTO #upsurge_fault (upsurge_ord, number, message) VALUES (@ord, 8672, ",
    );
  });
  test("a conflict on any key is ignored, not refused", () => {
    const any = plan({ ignore: true, anyConstraint: true });
    expect(eachSql(any, shapes)).toContain(
      "ELSE IF @number IN (2601, 2627) SET @ignored = @ignored + 1\nELSE IF (",
    );
    expect(eachSql(keyed(), shapes)).not.toContain("(2601, 2627) SET");
  });
  test("an update skips what it does not find", () => {
    expect(eachSql(keyed({ mode: "update" }), shapes)).toContain(
      "ELSE IF @matched = 0 SET @skipped_rows = @skipped_rows + 1\n",
    );
  });
});
