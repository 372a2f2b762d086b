/** What SQLite's catalog says, from its pragmas and from the SQL texts it keeps; and what is bound for a value. */
import { beforeEach, describe, expect, test } from "vitest";
import { sqlite } from "../../src/targets/sqlite/index.ts";
import { parseIndex } from "../../src/targets/sqlite/catalog/index-sql.ts";
import { parseTable, parseTrigger } from "../../src/targets/sqlite/catalog/table-sql.ts";
import { affinityOf, familyOf } from "../../src/targets/sqlite/catalog/types.ts";
import type { Affinity } from "../../src/targets/sqlite/catalog/types.ts";
import { bindValue, RangeFault } from "../../src/targets/sqlite/stage/values.ts";
import type { BoundColumn } from "../../src/targets/sqlite/stage/values.ts";
import type { Session } from "../../src/targets/target.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";

const [engine] = ENGINES.filter(({ name }) => name === "sqlite");
if (engine === undefined) throw new Error("there is no SQLite");
const database = useDatabase(engine);
beforeEach(async () => await database.reset());

async function connect(url: string): Promise<Session> {
  return await sqlite.connect({ url, lockTimeoutMs: 50, statementTimeoutMs: 0, environment: {} });
}

function column(affinity: Affinity): BoundColumn {
  return { name: "c", affinity, type: "", promised: null, isBytes: false };
}

describe("catalog texts", () => {
  test.each([
    ["create unique index i on t(a)", ["a"], null],
    ["CREATE UNIQUE INDEX i ON t (lower(a) DESC, b asc)", ["lower(a)", "b"], null],
    [
      `create unique index "i(" on "t,(" ("a,b" collate nocase desc)`,
      [`"a,b" collate nocase`],
      null,
    ],
    [
      "create unique index i on t (coalesce(a, ')'), b) where c > 0 and d = 'x -- y'",
      ["coalesce(a, ')')", "b"],
      "c > 0 and d = 'x -- y'",
    ],
    [
      "create unique index i on t (a /* , */ ) WHERE (a is not null) -- only these\n",
      ["a"],
      "(a is not null)",
    ],
    ["create unique index i on t (a) where a > 1 -- more\n and b", ["a"], "a > 1 and b"],
  ])("reads %s", (sql, parts, predicate) => {
    expect(parseIndex(sql)).toEqual({ parts, predicate });
  });

  test("reads collations, generated columns, checks and deferred keys", () => {
    const table = parseTable(
      `create table t (a text collate nocase, "b c" int generated always as (a || ')') stored, d as (upper(a)),
       e int default (1) check (e in (1, 2)), f int references t (a) deferrable initially deferred, primary key (a))`,
    );

    expect([...table.columns.keys()]).toEqual(["a", "b c", "d", "e", "f"]);
    expect(table.columns.get("a")).toEqual({ collation: "nocase", generated: null });
    expect(table.columns.get("b c")?.generated).toBe("a || ')'");
    expect(table.columns.get("d")?.generated).toBe("upper(a)");
    expect([table.checked, table.deferred]).toEqual([true, true]);
    expect(parseTable("create table t (a text default 'check', \"deferred\" int)")).toMatchObject({
      checked: false,
      deferred: false,
    });
  });

  test.each([
    ["a", "create trigger a after update of x on t begin select 1; end", "after", ["update"]],
    [
      "after",
      "create trigger if not exists after insert on t begin delete from t; end",
      "before",
      ["insert"],
    ],
    [
      "b",
      "create trigger main.b instead of delete on v begin select 1; end",
      "instead",
      ["delete"],
    ],
  ])("reads the trigger %s", (name, sql, timing, events) => {
    expect(parseTrigger(name, sql)).toEqual({ name, timing, events, level: "row" });
  });
});

describe("types and values", () => {
  test.each([
    ["INTEGER", "integer", "number"],
    ["varchar(10)", "text", "text"],
    ["", "blob", "other"],
    ["BLOB", "blob", "binary"],
    ["double precision", "real", "number"],
    ["STRING", "numeric", "number"],
    ["BOOLEAN", "numeric", "boolean"],
    ["json", "numeric", "json"],
  ])("%s has the affinity %s and the family %s", (type, affinity, family) => {
    expect([affinityOf(type, false), familyOf(type, false)]).toEqual([affinity, family]);
  });

  test("ANY keeps values as they are in a STRICT table only", () => {
    expect([affinityOf("ANY", true), affinityOf("ANY", false)]).toEqual(["blob", "numeric"]);
  });

  test("text is bound as it stands; numbers only where nothing converts them", () => {
    expect(bindValue("007", true, column("integer"))).toBe("007");
    expect(bindValue("9223372036854775807", false, column("integer"))).toBe("9223372036854775807");
    expect(bindValue("12", true, column("blob"))).toBe(12n);
    expect(bindValue("12", false, column("blob"))).toBe("12");
    expect(bindValue("1.5", true, column("blob"))).toBe(1.5);
    expect(bindValue("99999999999999999999", true, column("text"))).toBe("99999999999999999999");
    expect(() => bindValue("9223372036854775808", false, column("integer"))).toThrow(RangeFault);
    expect(() => bindValue("-9223372036854775809", true, column("blob"))).toThrow(RangeFault);
    expect(() => bindValue("1e400", false, column("real"))).toThrow(RangeFault);
    expect(bindValue("1e400 apples", false, column("real"))).toBe("1e400 apples");
  });
});

describe("table shapes", () => {
  test.each([
    ["my-foo", "my-foo"],
    ["main.my-foo", "my-foo"],
    ["MAIN.My-Foo", "my-foo"],
    ["main.Order Details", "Order Details"],
    ['main."a.b"', "a.b"],
    ["main.a.b", "a.b"],
    ["main.x", "main.x"],
    ["other.my-foo", null],
  ])("--table %s finds %s", async (asked, name) => {
    await database.exec(
      `create table "my-foo" (a); create table "Order Details" (a); create table "a.b" (a); create table "main.x" (a);`,
    );
    const session = await connect(database.url);
    const shape = await session.readTableShape(asked);
    await session.close();
    expect(shape?.name.name ?? null).toBe(name);
  });

  test("tells keys, the rowid, defaults and generated columns", async () => {
    await database.exec(`
      create table Things (id integer primary key, a text collate nocase not null, b default (random()), c int default 5,
        d text generated always as (lower(a)) virtual, unique (a, c));
      create unique index by_d on things (d desc, lower(a) collate rtrim) where c > 0;
      create unique index by_a on things (a collate binary);
      create index plain on things (c);`);
    const session = await connect(database.url);
    const shape = await session.readTableShape("main.THINGS");
    await session.close();

    expect(shape?.name).toEqual({ schema: null, name: "Things" });
    expect(
      shape?.columns.map(({ name, nullable, identity, volatileDefault, generatedSql }) => [
        name,
        nullable,
        identity,
        volatileDefault,
        generatedSql,
      ]),
    ).toEqual([
      ["id", true, "rowid", true, null],
      ["a", false, null, false, null],
      ["b", true, null, true, null],
      ["c", true, null, false, null],
      ["d", true, null, false, "lower(a)"],
    ]);
    expect(
      shape?.uniqueKeys.map(({ name, columns, keyExpressions, predicate }) => ({
        name,
        columns,
        keyExpressions,
        predicate,
      })),
    ).toEqual([
      { name: null, columns: ["id"], keyExpressions: ['"id"'], predicate: null },
      { name: null, columns: ["a", "c"], keyExpressions: ['"a"', '"c"'], predicate: null },
      {
        name: "by_d",
        columns: ["d", null],
        keyExpressions: ['"d"', "lower(a) collate rtrim"],
        predicate: "c > 0",
      },
      { name: "by_a", columns: ["a"], keyExpressions: ['"a" collate "binary"'], predicate: null },
    ]);
  });

  test("keys of a table without rowid take no NULL; INTEGER PRIMARY KEY DESC is no rowid", async () => {
    await database.exec(
      "create table w (a text, b int, primary key (b, a)) without rowid; create table d (id integer primary key desc);",
    );
    const session = await connect(database.url);
    const w = await session.readTableShape("w");
    const d = await session.readTableShape("d");
    const nosuch = await session.readTableShape("nosuch");
    await session.close();

    expect(w?.columns.map(({ nullable }) => nullable)).toEqual([false, false]);
    expect(w?.uniqueKeys.map(({ columns, primary }) => [columns, primary])).toEqual([
      [["b", "a"], true],
    ]);
    expect(d?.columns[0]?.identity).toBe(null);
    expect(nosuch).toBeNull();
  });
});
