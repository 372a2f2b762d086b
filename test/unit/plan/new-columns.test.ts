/** The columns that `--create` and `--alter` make. */
import { describe, expect, test } from "vitest";
import { factsOfText } from "../../../src/infer/of-text.ts";
import type { Options } from "../../../src/options/options.ts";
import { defaultOptions } from "../../../src/options/parse-options.ts";
import { newColumns } from "../../../src/plan/new-table/new-columns.ts";
import { refuseTableName } from "../../../src/plan/new-table/new-names.ts";
import { POSTGRES_DDL } from "../../../src/targets/postgres/catalog/new-table.ts";
import { SQLITE_DDL } from "../../../src/targets/sqlite/catalog/new-table.ts";
import { SQLSERVER_DDL } from "../../../src/targets/sqlserver/catalog/new-table.ts";
import type { DdlDialect } from "../../../src/model/sql/ddl-dialect.ts";
import { optionsOf } from "../../helpers/options.ts";
import { column, table } from "../../helpers/shapes.ts";

const NAME = { schema: null, name: "t" };

/** A source with one record: field → value. */
function columnsOf(
  record: Readonly<Record<string, string>>,
  options: Partial<Options> = {},
  dialect: DdlDialect = POSTGRES_DDL,
) {
  const facts = new Map(
    Object.entries(record).map(([field, value]) => [field, factsOfText(value)]),
  );
  const sources = [{ source: "in.ndjson", fields: Object.keys(record), header: null }];
  const all = { ...defaultOptions(), ...options };
  return newColumns({ name: NAME, shape: null, seen: { sources, facts }, options: all, dialect });
}

describe("a table that is to be made", () => {
  test("has a column for each field, in their order, with the types of the values", () => {
    const { columns } = columnsOf({ id: "1", name: "Ada", born: "1815-12-10" }, { key: ["id"] });

    expect(columns).toEqual([
      { name: "id", type: "bigint", isKey: true },
      { name: "name", type: "text", isKey: false },
      { name: "born", type: "date", isKey: false },
    ]);
  });

  test("has what --map, --const and --type say", () => {
    const said = optionsOf({
      map: ["id:nr", "rest:"],
      const: ["source=7"],
      type: ["nr:int", "made:timestamptz default now()"],
      key: ["NR"],
    });
    const { columns } = columnsOf({ id: "1", rest: "x" }, said);

    expect(columns).toEqual([
      { name: "nr", type: "int", isKey: true },
      { name: "source", type: "bigint", isKey: false },
      { name: "made", type: "timestamptz default now()", isKey: false },
    ]);
  });

  test("shares the room of a key on SQL Server, and warns of its collation", () => {
    const { columns, warnings } = columnsOf({ a: "x", b: "y" }, { key: ["a", "b"] }, SQLSERVER_DDL);

    expect(columns.map(({ type }) => type)).toEqual(["nvarchar(225)", "nvarchar(225)"]);
    expect(warnings).toEqual([expect.stringContaining("collation")]);
  });

  test.each([
    ["--key", { key: ["nr"] }, "PLAN_UNKNOWN_COLUMN"],
    ["--key primary", { key: ["primary"] }, "PLAN_DDL"],
  ])("refuses %s where no column has the name", (_, options, code) => {
    expect(() => columnsOf({ id: "1" }, options)).toThrow(expect.objectContaining({ code }));
  });

  test("takes a column called primary for the key", () => {
    const { columns } = columnsOf({ primary: "1" }, { key: ["primary"] });

    expect(columns).toEqual([{ name: "primary", type: "bigint", isKey: true }]);
  });
});

describe("names and columns of a table that is to be made", () => {
  test("lists all names that are too long", () => {
    const [a, b] = ["ä".repeat(40), "b".repeat(64)];

    expect(() => columnsOf({ id: "1", [a]: "x", [b]: "y" })).toThrow(
      expect.objectContaining({
        code: "PLAN_DDL",
        fix: `give the columns other names: --map '${a}:SHORTER' --map '${b}:SHORTER'`,
      }),
    );
    expect(columnsOf({ id: "1", [a]: "x", [b]: "y" }, {}, SQLITE_DDL).columns).toHaveLength(3);
  });

  test("lists all names that are one to the database, which knows case in its own way", () => {
    const record = { A: "1", a: "2", B: "3", b: "4", ä: "5", Ä: "6" };

    expect(columnsOf(record).columns).toHaveLength(6);
    expect(() => columnsOf(record, {}, SQLITE_DDL)).toThrow(
      expect.objectContaining({
        why: "A and a, B and b are one name each to this database",
        fix: "give the columns other names: --map 'a:OTHER' --map 'b:OTHER'; or drop what is not needed: --map 'a:' --map 'b:'",
      }),
    );
    expect(() => columnsOf(record, {}, SQLSERVER_DDL)).toThrow(
      expect.objectContaining({ why: expect.stringContaining("ä and Ä") as string }),
    );
  });

  test("says all that is wrong with its names at once", () => {
    const long = "n".repeat(64);

    expect(() => columnsOf({ [long]: "1", xmin: "2", ctid: "3" })).toThrow(
      expect.objectContaining({
        why: `a name is longer than 63 bytes: ${long}; every table of this database has a column of that name already: xmin, ctid`,
        fix: expect.stringContaining(
          `--map '${long}:SHORTER' --map 'xmin:OTHER' --map 'ctid:OTHER'`,
        ) as string,
      }),
    );
    expect(columnsOf({ xmin: "2" }, {}, SQLITE_DDL).columns).toHaveLength(1);
  });

  test.each([
    ["PostgreSQL", POSTGRES_DDL],
    ["SQLite", SQLITE_DDL],
  ])("takes --type for a field whose name differs in case alone, on %s", (_, dialect) => {
    const { columns } = columnsOf({ Price: "1" }, optionsOf({ type: ["price:TEXT"] }), dialect);

    expect(columns).toEqual([{ name: "Price", type: "TEXT", isKey: false }]);
  });

  test("takes --type and --const for the column of that very name", () => {
    const { columns } = columnsOf(
      { A: "1", a: "2" },
      optionsOf({ type: ["a:text"], const: ["B=1", "b=x"] }),
    );

    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "A bigint",
      "a text",
      "B bigint",
      "b text",
    ]);
  });

  test.each([
    ["PostgreSQL", POSTGRES_DDL, 1600],
    ["SQL Server", SQLSERVER_DDL, 1024],
    ["SQLite", SQLITE_DDL, 2000],
  ])("has as many columns as %s takes, and no more", (_, dialect, most) => {
    const fields = Array.from({ length: most + 1 }, (_none, at) => [`c${at}`, "1"] as const);

    expect(columnsOf(Object.fromEntries(fields.slice(1)), {}, dialect).columns).toHaveLength(most);
    expect(() => columnsOf(Object.fromEntries(fields), {}, dialect)).toThrow(
      expect.objectContaining({ code: "PLAN_DDL" }),
    );
  });

  test("is not made of sources without a field, unless --type says its columns", () => {
    expect(() => columnsOf({}, { key: ["id"] })).toThrow(
      expect.objectContaining({
        code: "PLAN_DDL",
        fix: "check the sources; or say its columns with --type column:TYPE",
      }),
    );
    expect(columnsOf({}, optionsOf({ type: ["id:int"] })).columns).toHaveLength(1);
  });
});

test.each([
  ["PostgreSQL", POSTGRES_DDL, "n".repeat(64), "shorter"],
  ["SQL Server", SQLSERVER_DDL, "n".repeat(129), "shorter"],
  ["SQLite", SQLITE_DDL, "SQLite_x", "another"],
  ["SQLite", SQLITE_DDL, "upsurge_checkpoint", "--checkpoint-table"],
])("on %s a table that cannot have its name is refused with --table", (_, dialect, name, fix) => {
  const refuse = (): void => refuseTableName(dialect.nameOf(name), dialect, defaultOptions());

  expect(refuse).toThrow(expect.objectContaining({ code: "PLAN_DDL" }));
  expect(refuse).toThrow(
    expect.objectContaining({
      fix: expect.stringContaining(fix) as string,
    }),
  );
  expect(() => refuseTableName(dialect.nameOf("t"), dialect, defaultOptions())).not.toThrow();
});

test("a table that is there gets the columns that it lacks, as its name rules say", () => {
  const shape = table({ columns: [column("id"), column("name")] });
  const record = { id: "1", NAME: "x", more: "2.5" };
  const facts = new Map(Object.entries(record).map(([f, value]) => [f, factsOfText(value)]));
  const sources = [{ source: "in.ndjson", fields: Object.keys(record), header: null }];
  const seen = { sources, facts };
  const options = defaultOptions();

  const found = newColumns({ name: shape.name, shape, seen, options, dialect: POSTGRES_DDL });

  expect(found.columns).toEqual([{ name: "more", type: "numeric", isKey: false }]);
});
