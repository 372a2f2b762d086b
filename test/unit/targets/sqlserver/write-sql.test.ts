import { describe, expect, test } from "vitest";
import type { TablePlan } from "../../../../src/model/load-plan.ts";
import type { GivenOptions } from "../../../helpers/options.ts";
import { eachSql } from "../../../../src/targets/sqlserver/apply/each-sql.ts";
import { METHODS } from "../../../../src/targets/sqlserver/capabilities.ts";
import { quoteIdentifier } from "../../../../src/targets/sqlserver/quote.ts";
import { rowsOf, setSql, statementsOf } from "../../../../src/targets/sqlserver/apply/set-sql.ts";
import {
  identitySql,
  insertSql,
  lookSql,
  matchSql,
  mergeSql,
  updateFoundSql,
  wavesSql,
} from "../../../../src/targets/sqlserver/apply/write-sql.ts";
import { keyedPlan } from "../../../../src/sql/match.ts";
import type { KeyedPlan } from "../../../../src/sql/match.ts";
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
  "exists (select target.[qty], CONVERT(varbinary(8000), target.[name]), DATALENGTH(target.[name]) except select excluded.[qty], CONVERT(varbinary(8000), excluded.[name]), DATALENGTH(excluded.[name]))";

describe("MERGE", () => {
  test("of an upsert", () => {
    expect(mergeSql(keyed(), ROWS))
      .toBe(`merge [dbo].[t] with (holdlock, updlock) as target using (select * from #upsurge_stage where upsurge_shape = 0) as excluded on target.[id] = excluded.[id]
when matched and (${DIFFERS}) then update set [qty] = excluded.[qty], [name] = excluded.[name]
when not matched by target then insert ([id], [qty], [name]) values (excluded.[id], excluded.[qty], excluded.[name])`);
  });
  test("keeps the user's condition in parentheses", () => {
    expect(mergeSql(keyed({ updateWhere: "qty = 1 or [qty] = 2" }), ROWS)).toContain(
      `when matched and (target.[qty] = 1 or target.[qty] = 2) and (${DIFFERS}) then`,
    );
  });
  test("to ignore, or with nothing to update, has no UPDATE", () => {
    for (const options of [{ ignore: true }, { updateColumns: ["none"] }]) {
      expect(mergeSql(keyed(options), ROWS)).not.toContain("when matched");
    }
  });
  test("rewrites unchanged rows on request", () => {
    expect(mergeSql(keyed({ rewriteUnchanged: true }), ROWS)).toContain(
      "when matched then update set [qty]",
    );
  });
  test("takes only what the rows carry", () => {
    const sql = mergeSql(keyed(), { ...ROWS, columns: ["id", "name"] });
    expect(sql).toContain("then update set [name] = excluded.[name]\n");
    expect(sql).toContain("insert ([id], [name]) values (excluded.[id], excluded.[name])");
  });
  test("keeps what is there where a NULL comes", () => {
    expect(mergeSql(keyed({ nullKeeps: true }), ROWS)).toContain(
      "set [qty] = coalesce(excluded.[qty], target.[qty])",
    );
  });
  test("compares an expression as the column would store it, and lets one that is too long fail", () => {
    const sql = mergeSql(keyed({ set: ["name = upper(name)"] }), ROWS);
    expect(sql).toContain(
      "CONVERT(varbinary(8000), CONVERT(nvarchar(40), (upper(target.[name])))), DATALENGTH(CONVERT(nvarchar(40), (upper(target.[name])))))" +
        " or COALESCE(DATALENGTH(RTRIM(CONVERT(nvarchar(max), (upper(target.[name]))))), 0) > 80" +
        " OR COALESCE(LEN(RTRIM(CONVERT(nvarchar(max), (upper(target.[name]))))), 0) > 40) then",
    );
    expect(sql).toContain("[name] = (upper(target.[name]))\n");
  });
  test("stamps without calling it a change; the stage holds the stamp", () => {
    const sql = mergeSql(keyed({ stamp: ["qty = 1"] }), ROWS);
    expect(sql).not.toContain("target.[qty]");
    expect(sql).toContain("set [qty] = excluded.[qty], [name] = excluded.[name]\n");
    expect(sql).toContain("insert ([id], [name], [qty])");
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
      "exists (select target.[a] intersect select excluded.[a]) and target.[id] = excluded.[id]",
    );
  });
  test("pass the filter of the index on both sides", () => {
    const shape = tsqlTable({
      uniqueKeys: [uniqueKey(["id"], { name: "u", predicate: "([qty]>(0))" })],
    });
    expect(matchSql(keyed({ constraint: "u" }, shape))).toBe(
      "target.[id] = excluded.[id] and ((target.[qty]>(0))) and ((excluded.[qty]>(0)))",
    );
  });
});

describe("looking", () => {
  test("counts what rows meet, what the condition skips, and what would not change", () => {
    expect(lookSql(keyed({ updateWhere: "qty > 1" }), ROWS))
      .toBe(`select @matched = count_big(*), @met = count_big(distinct looked.ord),
@skipped = coalesce(sum(looked.skipped), 0), @unchanged = coalesce(sum(looked.unchanged), 0)
from (select excluded.upsurge_ord as ord, case when (target.[qty] > 1) then 0 else 1 end as skipped, case when (target.[qty] > 1) and not (${DIFFERS}) then 1 else 0 end as unchanged
from #upsurge_stage as excluded inner join [dbo].[t] as target with (updlock, holdlock) on target.[id] = excluded.[id]
where upsurge_shape = 0) as looked`);
  });
  test("only matches where there is nothing to update", () => {
    expect(lookSql(keyed({ ignore: true }), ROWS)).toContain("0 as skipped, 0 as unchanged\n");
  });
  test("finds nothing unchanged that is to be rewritten", () => {
    expect(lookSql(keyed({ rewriteUnchanged: true }), ROWS)).toContain(
      "when 1 = 1 and 1 = 0 then 1",
    );
  });
});

describe("writing after looking", () => {
  test("updates what was found", () => {
    expect(updateFoundSql(keyed({ updateWhere: "qty > 1" }), ROWS))
      .toBe(`update target set [qty] = excluded.[qty], [name] = excluded.[name]
from #upsurge_stage as excluded inner join [dbo].[t] as target with (updlock, holdlock) on target.[id] = excluded.[id]
where (upsurge_shape = 0) and (target.[qty] > 1) and (${DIFFERS})`);
    expect(updateFoundSql(keyed({ ignore: true }), ROWS)).toBeNull();
  });
  test("inserts the others, in order", () => {
    expect(insertSql(keyed(), ROWS)).toBe(`insert into [dbo].[t] ([id], [qty], [name])
select excluded.[id], excluded.[qty], excluded.[name] from #upsurge_stage as excluded
where upsurge_shape = 0 and not exists (select 1 from [dbo].[t] as target with (updlock, holdlock) where target.[id] = excluded.[id]) order by excluded.upsurge_ord`);
  });
  test("inserts all of them without a key, and a row of nothing as the table's defaults", () => {
    expect(insertSql(plan({}), ROWS)).toBe(`insert into [dbo].[t] ([id], [qty], [name])
select excluded.[id], excluded.[qty], excluded.[name] from #upsurge_stage as excluded where upsurge_shape = 0 order by excluded.upsurge_ord`);
    expect(insertSql(plan({}), { ...ROWS, columns: [] })).toBe(
      "insert into [dbo].[t] default values",
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
  expect(sql).toContain("merge [s.x].[a]]b] with");
  expect(sql).toContain("on target.[k]]] = excluded.[k]]]\n");
  expect(sql).toContain("set [select] = (target.[select] + 1)\n");
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
    expect(wavesSql(keyed())).toBe(`update s set upsurge_wave = r.wave
from #upsurge_stage as s inner join (select upsurge_ord, row_number() over (partition by [id] order by upsurge_ord) as wave
from #upsurge_stage) as r on r.upsurge_ord = s.upsurge_ord where r.wave > 1`);
  });
  test("leave rows out whose NULL meets none", () => {
    const shape = tsqlTable({ columns: [column("k", { type: "int" })], uniqueKeys: [] });
    expect(wavesSql(keyed({ key: ["k"] }, shape))).toContain(" where [k] is not null) as r");
    expect(wavesSql(keyed({ key: ["k"], nullKey: "match" }, shape))).not.toContain("is not null");
  });
});

describe("a set batch", () => {
  test("takes a shape, and a wave of it", () => {
    const shape = { id: 3, columns: ["id"] };
    expect(rowsOf(shape, { kind: "all" }).condition).toBe("upsurge_shape = 3");
    expect(rowsOf(shape, { kind: "except", ords: [4] }).condition).toBe(
      "upsurge_shape = 3 and upsurge_wave = 1",
    );
    expect(rowsOf(shape, { kind: "only", ords: [4], wave: 2 }).condition).toBe(
      "upsurge_shape = 3 and upsurge_wave = 2",
    );
  });
  test("merges, looking only where the result would not tell", () => {
    expect(statementsOf(keyed(), ROWS)[0]).toContain("merge");
    expect(statementsOf(keyed({ updateWhere: "qty > 1" }), ROWS)[0]).toContain("select @matched");
    const bare = tsqlTable({ uniqueKeys: [] });
    expect(statementsOf(keyed({}, bare), ROWS)[0]).toContain("select @matched");
    expect(statementsOf(keyed({ ignore: true }, bare), ROWS)[0]).toContain("merge");
  });
  test("looks, updates and inserts where it is to", () => {
    expect(verbs({ strategy: "select-then-write" })).toEqual([
      "select @matched",
      "update",
      "SET @updated",
      "insert",
      "SET @inserted",
    ]);
    expect(verbs({ mode: "update" })).toEqual(["select @matched", "update", "SET @updated"]);
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
