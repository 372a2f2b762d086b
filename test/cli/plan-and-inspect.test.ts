/** The commands that only look. */
import Database from "better-sqlite3";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { INTO_ORDERS, orders, shop } from "./shop.ts";

test("plan shows mapping, key, strategy, SQL and why, and writes nothing", async () => {
  const cwd = shop();

  const { exitCode, stdout, stderr } = await runUpsurge(["plan", "orders.csv", ...INTO_ORDERS], {
    cwd,
  });

  expect(stdout).toMatch(/^mode +upsert$/m);
  expect(stdout).toMatch(/^strategy +native$/m);
  expect(stdout).toMatch(/^ {2}item +-> +item$/m);
  expect(stdout).toMatch(/^why:$/m);
  expect(stdout).toMatch(/on conflict/i);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(orders(cwd)).toHaveLength(1);
});

test("plan shows every source, constants, stamps, NULL keys, and why rows go one at a time", async () => {
  const cwd = shop({ "a.csv": "email,name\nx,X\n", "b.csv": "email,name\ny,Y\n" });
  const database = new Database(join(cwd, "shop.db"));
  database.exec(`
    create table people (email text unique, name text, origin text, changed text);
    create trigger audit after update on people begin select 1; end;
  `);
  database.close();
  const into = ["--to", "shop.db", "--table", "people", "--key", "email", "--null-key", "insert"];
  const more = ["--const", "origin=crm", "--map", "name:", "--stamp", "changed = datetime('now')"];

  const { stdout } = await runUpsurge(["plan", "a.csv", "b.csv", ...into, ...more, "-u", "none"], {
    cwd,
  });

  expect(stdout).toMatch(/^sources {5}a\.csv \(csv\)\n {12}b\.csv \(csv\)\n/);
  expect(stdout).toMatch(/^null key {4}insert: a record without its key is inserted$/m);
  expect(stdout).toMatch(/^ {2}constant 'crm' {2}-> {2}origin$/m);
  expect(stdout).toMatch(/^ {2}name +-> {2}\(left out\)$/m);
  expect(stdout).toMatch(/^ {2}columns {2}none$/m);
  expect(stdout).toMatch(/^ {2}stamp {4}changed = datetime\('now'\), when a row is inserted or/m);
  expect(stdout).toMatch(/^ {2}one row at a time: .*audit/m);
});

test("plan names a few of many sources and counts the rest", async () => {
  const names = Array.from({ length: 14 }, (_, index) => `${10 + index}.csv`);
  const cwd = shop(Object.fromEntries(names.map((name) => [name, "id,item\n1,tea\n"])));

  const { stdout } = await runUpsurge(["plan", "*.csv", ...INTO_ORDERS], { cwd });

  expect(stdout).toMatch(
    /\n {12}19\.csv \(csv\)\n {12}and 4 more sources\nheader {6}line 1 names the fields\ntarget /,
  );
});

test("plan --json gives the plan as a value", async () => {
  const { stdout } = await runUpsurge(["plan", "orders.csv", ...INTO_ORDERS, "--json"], {
    cwd: shop(),
  });

  expect(JSON.parse(stdout)).toMatchObject({
    target: expect.stringContaining("shop.db"),
    plan: { mode: "upsert", strategy: "native" },
    sources: [{ name: "orders.csv", format: "csv", fields: ["id", "item", "amount"] }],
    statements: expect.any(Array),
  });
});

test("inspect guesses the types of a file's fields", async () => {
  const cwd = shop({
    "mixed.csv":
      "id,code,price,day,at,note,gone\n1,007,1.50,2026-01-01,2026-01-01T10:00:00Z,hi,\n2,010,2,2026-01-02,2026-01-02 11:00,,\n",
  });

  const { stdout } = await runUpsurge(["inspect", "mixed.csv", "--json"], { cwd });
  const { fields } = JSON.parse(stdout);

  expect(
    fields.map(({ name, type, nulls }: Record<string, unknown>) => [name, type, nulls]),
  ).toEqual([
    ["id", "integer", 0],
    ["code", "text", 0],
    ["price", "decimal", 0],
    ["day", "date", 0],
    ["at", "timestamp", 0],
    ["note", "text", 1],
    ["gone", null, 2],
  ]);
});

test("inspect counts the fields that a JSON record lacks", async () => {
  const cwd = shop({ "a.ndjson": '{"id":1,"tags":["x"]}\n{"id":2}\nnonsense\n' });

  const { stdout } = await runUpsurge(["inspect", "a.ndjson"], { cwd });

  expect(stdout).toMatch(/^a\.ndjson: ndjson, \d+ B; 2 records\n/);
  expect(stdout).toMatch(/^ {2}tags +json +1 absent +\["x"\]$/m);
  expect(stdout).toMatch(/^ {2}line 3 +ROW_JSON/m);
});

test("inspect shows a table's columns and the flag for each key", async () => {
  const { stdout } = await runUpsurge(["inspect", "--to", "shop.db", "--table", "orders"], {
    cwd: shop(),
  });

  expect(stdout).toMatch(/^orders: table in shop\.db, SQLite \d/);
  expect(stdout).toMatch(/^ {2}item +TEXT +not null$/im);
  expect(stdout).toMatch(/^ {2}--key id /m);
});

test.each([
  ["bare", "  none: records can only be inserted, or looked up with --key and --strategy"],
  ["seen", "  none: a view has no keys of its own; --key names the columns that find its rows\n"],
  ["words", "  none: records can only be inserted\n"],
])("inspect of %s, which has no key, says what a load can do with it", async (name, said) => {
  const cwd = shop();
  const database = new Database(join(cwd, "shop.db"));
  database.exec(`
    create table bare (a int, b text);
    create view seen as select * from bare;
    create virtual table words using fts5(a, b);
  `);
  database.close();
  const { stdout } = await runUpsurge(["inspect", "--to", "shop.db", "--table", name], { cwd });

  expect(stdout).toContain(`keys:\n${said}`);
});

test("inspect of a database lists its tables", async () => {
  const { stdout } = await runUpsurge(["inspect", "--to", "shop.db"], { cwd: shop() });

  expect(stdout).toMatch(/tables:\n {2}orders\n$/);
});

test("inspect of a missing table suggests the near one", async () => {
  const { exitCode, stderr } = await runUpsurge(
    ["inspect", "--to", "shop.db", "--table", "ordres"],
    { cwd: shop() },
  );

  expect(stderr).toContain("did you mean orders?");
  expect(exitCode).toBe(2);
});

test("inspect describes a file whose fields have no names of their own, and says the flags", async () => {
  const cwd = shop({ "odd.csv": ",id,item,amount,n,n,\n0,2,pot,1,5,6,\n1,3,cup,6,7,8,\n" });

  const { exitCode, stdout } = await runUpsurge(["inspect", "odd.csv"], { cwd });
  const json = await runUpsurge(["inspect", "odd.csv", "--json"], { cwd });

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ {2}1 \(no name\) +integer +0$/m);
  expect(stdout).toMatch(/^ {2}n \(5\) +integer +5$/m);
  expect(stdout).toMatch(/^ {2}7 \(no name\) +all null +2 null$/m);
  expect(stdout).toMatch(
    /^notes:\n {2}field 1 has no name: --map '1:' drops it, --map '1:COLUMN' /m,
  );
  expect(stdout).toContain('the fields 5, 6 are all called "n": tell them apart by number');
  expect(stdout).toContain("field 7 has no name, and no value: --map '7:' drops it\n");
  const { fields } = JSON.parse(json.stdout);
  expect(fields.map(({ name, number }: Record<string, unknown>) => [name, number])).toEqual([
    ["", 1],
    ["id", undefined],
    ["item", undefined],
    ["amount", undefined],
    ["n", 5],
    ["n", 6],
    ["", 7],
  ]);
});

test("plan shows fields by name and number, and where they go", async () => {
  const cwd = shop({ "odd.csv": ",id,item,n,n\n0,2,pot,5,6\n" });
  const flags = ["--map", "1:", "--map", "4:amount", "--map", "5:"];

  const { stdout } = await runUpsurge(["plan", "odd.csv", ...INTO_ORDERS, ...flags], { cwd });

  expect(stdout).toMatch(/^ {2}n \(field 4\) +-> {2}amount$/m);
  expect(stdout).toMatch(/^ {2}field 1 \(no name\) +-> {2}\(left out\)$/m);
  expect(stdout).toMatch(/^ {2}n \(field 5\) +-> {2}\(left out\)$/m);
});

test.each([
  // A near name that no field fills comes first.
  ["id,itm\n", [], "did you mean item? Then --map 'itm:item'; --map 'itm:' drops this field"],
  ["id,item,itm\n", [], "--map 'itm:COLUMN' puts it into a column; --map 'itm:' drops this field"],
  ["id,it's\n", [], "--map 'it'\\''s:COLUMN' puts it into a column"],
  ["id, item\n", [], "pass --trim"],
  ['id," item"\n', [], "--map ' item:item'"],
  ["id;item\n", [], "pass --delimiter ';'"],
  ["id,x,x\n", ["--map", "2:"], "--map '3:COLUMN' puts it into a column; --map '3:' drops"],
])("the first fix for the unknown field of %j is for that field", async (text, flags, fix) => {
  const cwd = shop({ "odd.csv": text });

  const { exitCode, stderr } = await runUpsurge(["odd.csv", ...INTO_ORDERS, ...flags], { cwd });

  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/PLAN_UNKNOWN_FIELD|PLAN_NO_KNOWN_FIELD/);
  const line = stderr.split("\n").find((each) => each.startsWith("fix:")) ?? "";
  expect(line).toContain(fix);
  expect(line.indexOf("--extra-fields")).not.toBe(line.indexOf("--"));
  expect(stderr).toContain("where: odd.csv, header");
});
