/**
 * Whole numbers of JSON that are written with a point or an exponent: to columns of integers `1.0` is 1 and `1e1` is 10, on
 * every database, in a flat record and in a nested one.
 */
import { describe, expect, test } from "vitest";
import { ENGINES, tableEngines, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { ANY_WAY, NestShell } from "../helpers/nest/nest-shell.ts";
import { ValuesShell } from "../helpers/values-shell.ts";

const TABLE =
  "create table t (id int not null primary key, n bigint, m bigint, s varchar(40), x decimal(12,4))";
const ALL = "select id, n, m, s, x * 10000 from t order by id";

const WRITTEN = [
  '{"id":1.0,"n":1e1,"m":"7","s":1.0,"x":1.0}',
  '{"id":2,"n":-0.0,"m":null,"s":"1.0","x":2e-1}',
  '{"id":1,"n":9007199254740993.0,"m":3,"s":"e","x":3}',
  '{"id":0.3E1,"n":12,"m":-9.223372036854775808e18,"s":"é.","x":4.50}',
].join("\n");
const PLAIN = [
  '{"id":1,"n":10,"m":"7","s":1.0,"x":1.0}',
  '{"id":2,"n":0,"m":null,"s":"1.0","x":2e-1}',
  '{"id":1,"n":9007199254740993,"m":3,"s":"e","x":3}',
  '{"id":3,"n":12,"m":-9223372036854775808,"s":"é.","x":4.50}',
].join("\n");

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  for (const way of waysOf(engine, [2, 100])) {
    test(`a whole number is the same however it is written: ${wayTitle(way)}`, async () => {
      const shell = new ValuesShell(database);
      const { strategy, rowSource, batchRows } = way;
      const how = ["--strategy", strategy, "--row-source", rowSource, "-b", String(batchRows)];
      const flags = ["--key", "id", ...how];

      await shell.start(TABLE);
      const plain = await shell.load(`${PLAIN}\n`, flags, "in.ndjson");
      const expected = await shell.rows(ALL);
      expect([plain.exit, expected.length], plain.stderr).toEqual([0, 3]);

      await shell.start(TABLE);
      const written = await shell.load(`${WRITTEN}\n`, flags, "in.ndjson");

      expect([written.exit, written.report.counts], written.stderr).toEqual([
        0,
        plain.report.counts,
      ]);
      expect(await shell.rows(ALL)).toEqual(expected);
    });
  }

  test("a look-up by a text takes the same field as it is written", async () => {
    const shell = new ValuesShell(database);
    await shell.start(
      "create table u (id int not null primary key, code varchar(9) not null unique)",
      "insert into u values (7, '1.0'), (8, '20e-1'), (9, '1')",
      TABLE,
    );
    const lookup = ["--key", "id", "--lookup", "n = u(code = id) -> id"];

    const ran = await shell.load('{"id":1.0}\n{"id":20e-1}\n', lookup, "in.ndjson");

    expect([ran.exit, ran.report.counts.inserted], ran.stderr).toEqual([0, 2]);
    expect(await shell.rows("select id, n from t order by id")).toEqual(["1|7", "2|8"]);
  });

  test("a row is looked up by it", async () => {
    const shell = new ValuesShell(database);
    await shell.start(
      "create table u (id int not null primary key, code int not null unique)",
      "insert into u values (7, 10)",
      TABLE,
    );
    const lookup = ["--key", "id", "--lookup", "n = u(code = c) -> id"];

    const ran = await shell.load('{"id":1,"c":1e1}\n{"id":2,"c":10.0}\n', lookup, "in.ndjson");

    expect(ran.exit, ran.stderr).toBe(0);
    expect(await shell.rows("select id, n from t order by id")).toEqual(["1|7", "2|7"]);
  });

  test("a number that fits no integer is as much too large as in digits", async () => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);
    const records = '{"id":1,"n":9223372036854775808.0}\n{"id":2,"n":1e19}\n{"id":3,"n":1e999}\n';
    const lenient = ["--key", "id", "--max-rejects", "9"];

    const ran = await shell.load(records, lenient, "in.ndjson");

    expect([ran.exit, ran.report.counts.rejected], ran.stderr).toEqual([3, 3]);
    expect(await shell.rows("select id from t")).toEqual([]);
  });
});

describe.each(ENGINES)("nested records on $title", (engine) => {
  const shell = new NestShell(useDatabase(engine));
  const flags = [
    "--key",
    "id",
    "--nest",
    "{ customer: { table: customers, key: id }, lines: { table: lines, key: [order_id, no], missing: delete } }",
  ];

  test.each([1, 1000])("keys flow as whole numbers, in batches of %i", async (batchRows) => {
    await shell.start(
      "create table customers (id int not null primary key, name varchar(20))",
      "create table orders (id int not null primary key, customer_id int references customers (id))",
      "create table lines (order_id int not null references orders (id), no int not null, qty int, primary key (order_id, no))",
    );
    const lines = [
      '{"id":1.0,"customer":{"id":1e1,"name":"Ann"},"lines":[{"no":1.0,"qty":1},{"no":2e0,"qty":2.0}]}',
      '{"id":20e-1,"customer":{"id":10.0,"name":"Bob"},"lines":[{"no":1,"qty":3}]}',
      '{"id":1,"customer":{"id":10},"lines":[{"no":2.0,"qty":4}]}',
    ];
    const ran = await shell.load(lines, "orders", { flags, way: { ...ANY_WAY, batchRows } });

    expect(ran.exit, ran.output).toBe(0);
    expect(ran.counts["lines"]).toEqual({ inserted: 3, updated: 1, removed: 1 });
    expect(await shell.rows("select id, name from customers")).toEqual(["10 Bob"]);
    expect(
      await shell.rows(
        "select o.id, customer_id, no, qty from orders o join lines l on l.order_id = o.id order by o.id, no",
      ),
    ).toEqual(["1 10 2 4", "2 10 1 3"]);
  });
});

describe("SQLite alone", () => {
  const engine = ENGINES.find(({ name }) => name === "sqlite") as Engine;
  const database = useDatabase(engine);

  test.each([
    ["in.csv", "id,n\n1,9007199254740993.0\n2,9007199254740993e0\n3, 900719925474099300e-2 \n"],
    [
      "in.ndjson",
      '{"id":1,"n":"9007199254740993.0"}\n{"id":2,"n":"9007199254740993e0"}\n{"id":3,"n":900719925474099300e-2}\n',
    ],
  ])("a text in %s keeps digits that a double has no room for", async (name, text) => {
    const shell = new ValuesShell(database);
    await shell.start(TABLE);

    const ran = await shell.load(text, ["--key", "id"], name);

    expect(ran.exit, ran.stderr).toBe(0);
    expect(await shell.rows("select id, n from t order by id")).toEqual([
      "1|9007199254740993",
      "2|9007199254740993",
      "3|9007199254740993",
    ]);
  });
});
