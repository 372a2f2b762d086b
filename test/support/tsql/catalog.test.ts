/** SQL Server's catalog as the views show it, and the set-ups that fill it. */
import { existsSync, readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { useTsql } from "./talk.ts";

const db = useTsql();

describe("the catalog", () => {
  beforeEach(() =>
    db.one.set(
      "CREATE SCHEMA [other]",
      "CREATE TABLE [other].[p] (id int NOT NULL PRIMARY KEY)",
      `CREATE TABLE [dbo].[T] (
         [id] bigint IDENTITY(1, 1) NOT NULL, [name] nvarchar(10) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT [DF_name] DEFAULT ('-'),
         n int NULL DEFAULT 7 CONSTRAINT [CK n] CHECK (n < 90), twice AS (n*2) PERSISTED, d decimal(10, 3), dt datetime2(3), long varchar(max),
         at datetime2 DEFAULT getdate(), p int CONSTRAINT FK_p REFERENCES [other].[p] (id) ON DELETE CASCADE,
         CONSTRAINT PK_T PRIMARY KEY CLUSTERED (id ASC), CONSTRAINT UQ_T UNIQUE (name, n DESC))`,
      "CREATE UNIQUE NONCLUSTERED INDEX [ix d] ON [dbo].[T] ([d]) WHERE [d] IS NOT NULL",
      "CREATE TRIGGER TR_T ON [dbo].[T] AFTER INSERT, UPDATE AS SET NOCOUNT ON",
    ),
  );

  test("columns with their types in SQL Server's words", async () => {
    const sql = `SELECT c.name, TYPE_NAME(c.user_type_id), c.max_length, c.precision, c.scale, c.collation_name, c.is_nullable, c.is_identity, c.is_computed FROM sys.columns AS c WHERE c.object_id = OBJECT_ID(N'[dbo].[T]') ORDER BY c.column_id`;
    const told = await db.one.tell(sql);
    expect(told.slice(0, 3)).toEqual([
      ["id", "bigint", "8", "19", "0", null, "0", "1", "0"],
      ["name", "nvarchar", "20", "0", "0", "Latin1_General_BIN2", "0", "0", "0"],
      ["n", "int", "4", "10", "0", null, "1", "0", "0"],
    ]);
    expect(told).toContainEqual(["d", "decimal", "9", "10", "3", null, "1", "0", "0"]);
    expect(told).toContainEqual(["dt", "datetime2", "8", "23", "3", null, "1", "0", "0"]);
    expect(told).toContainEqual([
      "long",
      "varchar",
      "-1",
      "0",
      "0",
      "SQL_Latin1_General_CP1_CI_AS",
      "1",
      "0",
      "0",
    ]);
    expect(told).toContainEqual(["twice", "int", "4", "10", "0", null, "1", "0", "1"]);
  });

  test("definitions as the server prints them", async () => {
    expect(
      await db.one.tell(
        "SELECT COL_NAME(parent_object_id, parent_column_id), definition FROM sys.default_constraints ORDER BY 1",
      ),
    ).toEqual([
      ["at", "(getdate())"],
      ["n", "((7))"],
      ["name", "('-')"],
    ]);
    expect(await db.one.tell("SELECT name, definition FROM sys.check_constraints")).toEqual([
      ["CK n", "([n]<(90))"],
    ]);
    expect(
      await db.one.tell("SELECT name, definition, is_persisted FROM sys.computed_columns"),
    ).toEqual([["twice", "([n]*(2))", "1"]]);
  });

  test("keys, indexes and what they are made of", async () => {
    const sql = `SELECT i.name, i.is_primary_key, i.is_unique_constraint, i.has_filter, COL_NAME(k.object_id, k.column_id) FROM sys.indexes AS i INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id WHERE i.object_id = OBJECT_ID('T') AND i.is_unique = 1 AND i.is_disabled = 0 ORDER BY i.name, k.key_ordinal`;
    expect(await db.one.tell(sql)).toEqual([
      ["PK_T", "1", "0", "0", "id"],
      ["UQ_T", "0", "1", "0", "name"],
      ["UQ_T", "0", "1", "0", "n"],
      ["ix d", "0", "0", "1", "d"],
    ]);
    const foreign = `SELECT f.name, OBJECT_SCHEMA_NAME(f.referenced_object_id), OBJECT_NAME(f.referenced_object_id), COL_NAME(k.parent_object_id, k.parent_column_id) FROM sys.foreign_keys AS f INNER JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id`;
    expect(await db.one.tell(foreign)).toEqual([["FK_p", "other", "p", "p"]]);
  });

  test("triggers with their events", async () => {
    const sql =
      "SELECT t.name, e.type_desc FROM sys.triggers AS t INNER JOIN sys.trigger_events AS e ON e.object_id = t.object_id WHERE t.parent_id = OBJECT_ID(N'dbo.T') ORDER BY e.type";
    expect(await db.one.tell(sql)).toEqual([
      ["TR_T", "INSERT"],
      ["TR_T", "UPDATE"],
    ]);
  });

  test("names of objects", async () => {
    const sql =
      "SELECT OBJECT_ID(N'[other].[nobody]'), OBJECT_NAME(OBJECT_ID(N't')), HAS_PERMS_BY_NAME(N'[dbo].[T]', 'OBJECT', 'INSERT'), QUOTENAME(N'a]b'), SCHEMA_NAME()";
    expect(await db.one.tell(sql)).toEqual([[null, "T", "1", "[a]]b]", "dbo"]]);
  });
});

/** Set-ups and checks of the shared scenarios, where they are at hand. */
const SCENARIOS = process.env["UPSURGE_TEST_SCENARIOS"] ?? "../shared/scenarios/scenarios.json";

interface Scenario {
  readonly id: string;
  readonly setup_sql: { readonly mssql?: string | null };
  readonly check_select: string;
}

const scenarios = existsSync(SCENARIOS)
  ? (JSON.parse(readFileSync(SCENARIOS, "utf8")) as Scenario[]).flatMap(
      ({ id, setup_sql, check_select }) =>
        setup_sql.mssql == null ? [] : [{ id, setup: setup_sql.mssql, check: check_select }],
    )
  : [];

describe.runIf(scenarios.length > 0)("the scenarios' set-ups", () => {
  test.each(scenarios)("$id", ({ setup, check }) => db.one.set(setup, check));
});
