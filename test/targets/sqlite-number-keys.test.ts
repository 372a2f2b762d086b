/** Keys in columns without a type, where SQLite tells the number 5 from the text "5": links of nested records and look-ups find the row that is meant. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Engine } from "../helpers/engines.ts";
import { LookupShell } from "../helpers/lookup-shell.ts";
import { OrdersShell } from "../helpers/nest/orders-shell.ts";

const sqlite = ENGINES.find(({ name }) => name === "sqlite") as Engine;
const database = useDatabase(sqlite);
const nested = new OrdersShell(database, "sqlite");
const lookups = new LookupShell(database);

const KEYS = [5, "5", 2.5, 1e300, "five"];

describe.each(["", "blob"])("keys of type '%s'", (type) => {
  for (const rows of ["1", "1000"])
    test(`rows in an array refer to the number or to the text, in batches of ${rows}`, async () => {
      await nested.start([
        `create table orders (k ${type} primary key, note text)`,
        `create table lines (order_k ${type} not null references orders (k), n integer not null, qty integer, primary key (order_k, n))`,
      ]);
      const records = KEYS.map((k, at) => ({ k, note: "x", lines: [{ n: 1, qty: at }] }));
      const flags = ["--nest", "lines:lines", "--batch-rows", rows];
      const first = await nested.load(records, flags);
      const again = await nested.load(records, [...flags, "--check"]);

      const all = KEYS.length;
      expect([first.exit, first.counts], first.output).toEqual([
        0,
        { orders: { inserted: all }, lines: { inserted: all } },
      ]);
      expect([again.exit, again.counts], again.output).toEqual([
        0,
        { orders: { unchanged: all }, lines: { unchanged: all } },
      ]);
      expect(
        await nested.rows(
          "select typeof(order_k), qty from lines join orders on k = order_k order by qty",
        ),
      ).toEqual([
        ["integer", "0"],
        ["text", "1"],
        ["real", "2"],
        ["real", "3"],
        ["text", "4"],
      ]);
    });

  test("an object is the row of the number or of the text, written or looked up", async () => {
    await nested.start([
      `create table customers (id ${type} primary key, name text)`,
      `create table orders (k integer primary key, customer_id ${type} references customers (id))`,
    ]);
    const records = KEYS.map((id, k) => ({ k, customer: { id, name: `c${k}` } }));
    const written = await nested.load(records, ["--nest", "customer:customers"]);
    const found = await nested.load(records, [
      "--nest",
      "customer: { table: customers, mode: find }",
      "--check",
    ]);

    expect([written.exit, found.exit], written.output + found.output).toEqual([0, 0]);
    expect(
      await nested.rows("select k, name from orders join customers on id = customer_id order by k"),
    ).toEqual(KEYS.map((_, k) => [String(k), `c${k}`]));
  });

  test("a look-up finds the row of the number or of the text, and makes the one that is meant", async () => {
    await lookups.start(
      `create table authors (id integer primary key, code ${type} unique)`,
      "create table books (k integer primary key, author_id integer references authors (id))",
      "insert into authors values (11, 5), (12, '6')",
    );
    const by = ["--lookup", "author_id = authors(code = author)"];
    const records = [5, "6", 5.0].map((author, k) => `${JSON.stringify({ k, author })}\n`);
    const found = await lookups.load(records.join(""), by, "in.ndjson");
    const missing = await lookups.load(
      '{"k":4,"author":"5"}\n{"k":5,"author":6}\n',
      [...by, "--lookup-missing", "insert"],
      "more.ndjson",
    );

    expect([found.exit, found.counts], found.output).toEqual([0, { inserted: 3 }]);
    expect([missing.exit, missing.counts], missing.output).toEqual([
      0,
      { inserted: 2, created: 2 },
    ]);
    expect(
      await database.rows(
        "select k, author_id, typeof(code) from books join authors on id = author_id order by k",
      ),
    ).toEqual([
      ["0", "11", "integer"],
      ["1", "12", "text"],
      ["2", "11", "integer"],
      ["4", "13", "text"],
      ["5", "14", "integer"],
    ]);
  });
});
