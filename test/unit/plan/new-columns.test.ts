/** The columns that `--create` and `--alter` make. */
import { describe, expect, test } from "vitest";
import { factsOfText } from "../../../src/infer/of-text.ts";
import type { Options } from "../../../src/options/options.ts";
import { defaultOptions } from "../../../src/options/parse-options.ts";
import { newColumns } from "../../../src/plan/new-columns.ts";
import { POSTGRES_DDL } from "../../../src/targets/postgres/catalog/new-table.ts";
import { SQLITE_DDL } from "../../../src/targets/sqlite/catalog/new-table.ts";
import { SQLSERVER_DDL } from "../../../src/targets/sqlserver/catalog/new-table.ts";
import type { DdlDialect } from "../../../src/targets/ddl-dialect.ts";
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
