/** `--diff` of nested records: what would be other in each table, and nothing of it is kept. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import { OrdersShell, RECORDS, SHOP } from "../helpers/nest/orders-shell.ts";

const CHANGED = [
  {
    k: 1,
    note: "other",
    customer: { email: "ann@x", name: "Anne" },
    lines: [
      { n: 1, qty: 2, taxes: [{ code: "a", amount: 50 }] },
      { n: 4, qty: 8 },
    ],
  },
  { k: 9, note: "nine" },
];

const DIFFERENCES = [
  /^differences in (?:\w+\.)?orders: 1 inserted, 1 updated$/m,
  /^ {2}~ k=1 {2}note: one → other$/m,
  /^differences in (?:\w+\.)?lines: 1 inserted$/m,
  /^ {2}\+ order_k=1 n=4 {2}qty: 8$/m,
  /^differences in (?:\w+\.)?taxes: 1 updated$/m,
  /^ {2}~ order_k=1 n=1 code=a {2}amount: 5 → 50$/m,
  /^differences in (?:\w+\.)?customers: 1 updated$/m,
];

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const shell = new OrdersShell(database, engine.name);
  const flags = "--table orders --key k --check --diff 9".split(" ");

  test("tells of each table the rows that differ", async () => {
    await shell.start();
    await shell.load(RECORDS, SHOP);
    const before = await shell.shop();
    const { exit, output } = await shell.load(CHANGED, [...SHOP, "--check", "--diff", "9"]);
    const { differencesTotal, tables } = JSON.parse(output);

    expect(exit, output).toBe(3);
    expect(differencesTotal).toEqual({ inserted: 1, updated: 1, removed: 0, extra: null });
    expect(tables[2], output).toMatchObject({
      member: "lines.taxes",
      differencesTotal: { inserted: 0, updated: 1, removed: 0, extra: null },
      differences: [{ kind: "updated", columns: { amount: { old: "5", new: "50" } } }],
    });
    const text = await shell.run(["in.ndjson", ...flags, ...SHOP, "--diff-hide", "name"]);
    for (const line of DIFFERENCES) expect(text).toMatch(line);
    expect(text).toMatch(/ {2}~ .*name: \(hidden\)/);
    expect(await shell.shop()).toEqual(before);
  });

  test("a table on two levels is told of once, one that is looked up not at all", async () => {
    await shell.start([
      "create table people (id int primary key, name varchar(9))",
      "create table kinds (code varchar(9) not null primary key)",
      "create table books (k int not null primary key, author_id int references people (id), editor_id int references people (id), kind varchar(9) references kinds (code))",
      "insert into kinds values ('a')",
    ]);
    const nest = `
author: { table: people, link: { author_id: id }, key: id }
editor: { table: people, link: { editor_id: id }, key: id }
kind: { table: kinds, key: code, mode: find }`;
    const records = [
      { k: 1, author: { id: 1, name: "x" }, editor: { id: 2, name: "y" }, kind: { code: "a" } },
    ];
    const asked = ["--table", "books", "--key", "k", "--nest", nest, "--check", "--diff", "all"];
    const { output } = await shell.load(records, asked);
    const { tables } = JSON.parse(output);
    const told = tables.map((each: { differencesTotal?: { inserted: number } }) => {
      return each.differencesTotal?.inserted ?? null;
    });
    expect(told, output).toEqual([null, 2, null, null]);
  });

  test("a run tells of the levels of its loads", async () => {
    await shell.start();
    await shell.load(RECORDS, SHOP);
    writeFileSync(
      join(shell.folder, "in.ndjson"),
      CHANGED.map((each) => `${JSON.stringify(each)}\n`).join(""),
    );
    const levels = "{ customer: customers, lines: { table: lines, nest: { taxes: taxes } } }";
    writeFileSync(
      join(shell.folder, "run.yaml"),
      `loads: [{ from: in.ndjson, table: orders, key: k, nest: ${levels} }]\n`,
    );
    const text = await shell.run(["run", "run.yaml", "--check", "--diff", "9"]);
    for (const line of DIFFERENCES) expect(text).toMatch(line);
  });
});
