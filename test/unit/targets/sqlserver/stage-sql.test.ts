import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TablePlan } from "../../../../src/model/load-plan.ts";
import type { TableShape } from "../../../../src/model/table-shape.ts";
import type { GivenOptions } from "../../../helpers/options.ts";
import { METHODS } from "../../../../src/targets/sqlserver/capabilities.ts";
import { quoteIdentifier } from "../../../../src/targets/sqlserver/quote.ts";
import {
  checkStageSql,
  fillStageSql,
  readFaultCode,
  stageDdl,
} from "../../../../src/targets/sqlserver/stage/stage-sql.ts";
import type { RowShape } from "../../../../src/model/batch.ts";
import { ABLE, column, planFor } from "../../../helpers/shapes.ts";
import { tsqlTable } from "../../../support/grammar/tables.ts";

const FREE = { ...ABLE, methods: METHODS, upsertsWithoutIndex: true };
const KEY = { type: "int", nullable: false } as const;

/** The staging of a set: values, then checks. */
function stageSql(loaded: TablePlan, shapes: readonly RowShape[]): string[] {
  return [...fillStageSql(loaded, shapes), ...checkStageSql(loaded, shapes)];
}

function plan(options: GivenOptions, shape = tsqlTable()): TablePlan {
  const fields = shape.columns.flatMap((each) =>
    each.generatedSql === null && each.identity === null ? [each.name] : [],
  );
  return planFor(shape, options, { capabilities: FREE, quoteIdentifier, fields });
}

/** What is sent to stage rows that carry all the plan's columns. */
function staged(loaded: TablePlan, columns = loaded.columns.map(({ name }) => name)): string {
  return stageSql(loaded, [{ id: 0, columns }]).join(";\n");
}

/** The codes that are written as they are, without a CASE. */
function codes(sql: string): number[] {
  return [...sql.matchAll(/(\d{9})(?: \+ (\d+))? AS code/g)].map(
    ([, code, number]) => Number(code) + Number(number ?? 0),
  );
}

describe("a fault's code", () => {
  test("says what is written into it", () => {
    const shape = tsqlTable({
      columns: [column("id", KEY), column("flag", { type: "bit", nullable: false })],
      checks: [
        { name: "a", sql: "([id]>(0))" },
        { name: "b", sql: "([id]<(9))" },
      ],
    });
    const found = codes(staged(plan({ key: ["id"] }, shape))).map(readFaultCode);
    expect(found).toEqual([
      { kind: "value", place: 1, number: 245 },
      { kind: "null", place: 0, number: 515 },
      { kind: "null", place: 1, number: 515 },
      { kind: "check", place: 0, number: 547 },
      { kind: "check", place: 1, number: 547 },
    ]);
  });
  test("has room for every column and number, and puts the first kind first", () => {
    const kinds = ["value", "null", "check"] as const;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 0, max: 1023 }),
        fc.integer({ min: 0, max: 99_999 }),
        (kind, place, number) => {
          const code = (kind + 1) * 200_000_000 + place * 100_000 + number;
          expect(code).toBeLessThan(2 ** 31);
          expect(readFaultCode(code)).toEqual({ kind: kinds[kind], place, number });
        },
      ),
    );
  });
  test("is never of another kind", () => {
    expect(() => readFaultCode(7)).toThrow(RangeError);
    expect(() => readFaultCode(800_000_000)).toThrow(RangeError);
  });
});

describe("the stage", () => {
  test("holds texts of the rows, values of the table, and faults", () => {
    expect(stageDdl(plan({ key: ["id"] }, tsqlTable()), "Db_CI")).toEqual([
      "CREATE TABLE #upsurge_raw (upsurge_ord bigint NOT NULL PRIMARY KEY, upsurge_shape int NOT NULL, f0 nvarchar(max) COLLATE Db_CI NULL, f1 nvarchar(max) COLLATE Db_CI NULL, f2 nvarchar(max) COLLATE Db_CI NULL)",
      "CREATE TABLE #upsurge_stage (upsurge_ord bigint NOT NULL PRIMARY KEY, upsurge_shape int NOT NULL, upsurge_wave int NOT NULL, [id] int NULL, [qty] int NULL, [name] nvarchar(40) COLLATE Db_CI NULL)",
      "CREATE TABLE #upsurge_fault (upsurge_ord bigint NOT NULL PRIMARY KEY, code bigint NULL, number int NULL, message nvarchar(2048) NULL)",
    ]);
  });

  const computed = tsqlTable({
    columns: [
      ...tsqlTable().columns,
      column("twice", { type: "int", generatedSql: "([qty]*(2))" }),
      column("version", { type: "timestamp", generatedSql: "rowversion" }),
    ],
  });

  test("holds no computed column that nothing asks for", () => {
    expect(stageDdl(plan({ key: ["id"] }, computed), "Db_CI")[1]).not.toMatch(/twice|version/);
  });
  test.each([
    ["a condition", { updateWhere: "excluded.TWICE > 1" }, "[twice] AS ([qty]*(2))"],
    ["a SET", { set: ["qty = excluded.twice"] }, "[twice] AS ([qty]*(2))"],
    ["a stamp", { stamp: ["qty = len(excluded.version)"] }, "[version] binary(8) NULL"],
  ])("holds the computed column that %s names", (_, options, sql) => {
    expect(stageDdl(plan({ key: ["id"], ...options }, computed), "Db_CI")[1]).toContain(sql);
  });
  test("holds the computed column that a check names", () => {
    const checked = { ...computed, checks: [{ name: "c", sql: "([twice]>(0))" }] };
    expect(stageDdl(plan({ key: ["id"] }, checked), "Db_CI")[1]).toContain(
      "[twice] AS ([qty]*(2))",
    );
  });
});

describe("staging", () => {
  test("fills, notes, takes out, and empties what it read", () => {
    const verbs = stageSql(plan({ key: ["id"] }), [{ id: 0, columns: ["id", "qty", "name"] }]);
    expect(verbs.map((sql) => sql.split(" ").slice(0, 3).join(" "))).toEqual([
      "TRUNCATE TABLE #upsurge_fault",
      "TRUNCATE TABLE #upsurge_stage",
      "INSERT INTO #upsurge_stage",
      "INSERT INTO #upsurge_fault",
      "DELETE FROM #upsurge_stage",
      "TRUNCATE TABLE #upsurge_raw",
      "INSERT INTO #upsurge_fault",
      "DELETE FROM #upsurge_stage",
    ]);
  });
  test("gives a column that rows lack its default, unless that is made row by row", () => {
    const shape = tsqlTable({
      columns: [
        column("id", KEY),
        column("at", { type: "datetime2(7)", defaultSql: "(sysdatetime())" }),
        column("guid", {
          type: "uniqueidentifier",
          defaultSql: "(newid())",
          volatileDefault: true,
        }),
      ],
    });
    expect(staged(plan({ key: ["id"] }, shape), ["id"])).toContain(
      "SELECT r.upsurge_ord, r.upsurge_shape, 1, TRY_CONVERT(int, r.f0), (sysdatetime()), NULL FROM",
    );
  });
  test("stamps rows before they are checked", () => {
    const checked = tsqlTable({ checks: [{ name: "c", sql: "([qty]>(0))" }] });
    const sql = staged(plan({ key: ["id"], stamp: ["qty = excluded.id"] }, checked));
    const stamp = sql.indexOf(
      "UPDATE excluded SET [qty] = (excluded.id) FROM #upsurge_stage AS excluded",
    );
    expect(stamp).toBeGreaterThan(0);
    expect(sql.indexOf("NOT (([qty]>(0)))")).toBeGreaterThan(stamp);
  });
  test("looks at each shape by itself, with the texts in their places", () => {
    const sql = stageSql(plan({ key: ["id"] }), [
      { id: 4, columns: ["id", "name"] },
      { id: 9, columns: ["qty", "id"] },
    ]).join(";\n");
    expect(sql).toContain(
      "TRY_CONVERT(int, r.f0), NULL, CONVERT(nvarchar(40), r.f2) FROM #upsurge_raw AS r WHERE r.upsurge_shape = 4",
    );
    expect(sql).toContain(
      "TRY_CONVERT(int, r.f0), TRY_CONVERT(int, r.f1), NULL FROM #upsurge_raw AS r WHERE r.upsurge_shape = 9",
    );
  });
});

describe("what must be insertable", () => {
  const shape = tsqlTable({ checks: [{ name: "c", sql: "([qty]>(0))" }] });
  const kinds = (options: GivenOptions, facts: Partial<TableShape> = {}): string[] => {
    const sql = staged(plan(options, { ...shape, ...facts }));
    return codes(sql).map((code) => readFaultCode(code).kind);
  };

  test.each<[string, GivenOptions]>([
    ["an upsert", { key: ["id"] }],
    ["an insert", {}],
    ["ignoring", { key: ["id"], ignore: true }],
  ])("in %s every row", (_, options) => {
    expect(kinds(options)).toEqual(["value", "null", "check"]);
  });
  test("in an update no row", () => {
    expect(kinds({ key: ["id"], mode: "update" })).toEqual(["value"]);
  });
  test("in a view, or where a trigger writes instead, no row", () => {
    const trigger = {
      name: "i",
      timing: "instead",
      level: "statement",
      events: ["insert"],
    } as const;
    expect(kinds({ key: ["id"] }, { triggers: [trigger] })).toEqual(["value"]);
    expect(kinds({ key: ["id"] }, { kind: "view", uniqueKeys: [] })).toEqual(["value"]);
  });
  test("is not what the server makes: ids, computed columns, defaults row by row", () => {
    const made = tsqlTable({
      columns: [
        column("id", KEY),
        column("no", { ...KEY, identity: "always", volatileDefault: true }),
        column("g", { ...KEY, generatedSql: "([id])" }),
        column("u", { ...KEY, defaultSql: "(newid())", volatileDefault: true }),
        column("d", { ...KEY, defaultSql: "((1))" }),
      ],
    });
    const sql = staged(plan({ key: ["id"] }, made), ["id"]);
    const missing = [...sql.matchAll(/ AND (\[\w+\]) IS NULL\)?/g)].map(([, name]) => name);
    expect(missing).toEqual(["[id]", "[d]"]);
    const given = staged(plan({ key: ["id"] }, made), ["id", "u"]);
    expect(given).toContain(" AND [u] IS NULL");
  });
});
