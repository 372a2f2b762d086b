/** What `--nest` is refused for before anything is written, what its plan shows, and the same in a manifest. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, sharedEngines, useDatabase } from "../helpers/engines.ts";
import { OrdersShell, SHOP } from "../helpers/nest/orders-shell.ts";

const ORDER = { k: 1, note: "one", customer: { email: "a@x" }, lines: [{ n: 1, qty: 1 }] };
const LINES = ["--nest", "lines:lines", "--map", "customer:"];

/** What takes rows away, and the code by which it is refused. */
const GOING: readonly [nest: string, code: string][] = [
  ["lines: { table: lines, missing: maybe }", "OPTION_VALUE"],
  ["lines: { table: lines, missing: set qty }", "OPTION_VALUE"],
  ["lines: { table: lines, missing: unlink }", "PLAN_UNSUPPORTED"],
  ["lines: { table: lines, missing: delete, mode: insert, null-key: match }", "PLAN_UNSUPPORTED"],
  ['lines: { table: lines, missing: set "nope = 1" }', "PLAN_UNKNOWN_COLUMN"],
  ['lines: { table: lines, missing: set "qty = excluded.qty" }', "PLAN_EXPRESSION"],
  ['lines: { table: lines, missing: set "qty = 1) or (1 = 1" }', "PLAN_EXPRESSION"],
  ["lines: { table: lines, through: taxes(code), delete-when: op=d }", "OPTION_VALUE"],
  ["lines: { table: lines, delete-when: op=d, mode: insert }", "PLAN_UNSUPPORTED"],
];

/** `--nest`, more flags, and how the fix ends. */
const TOLD: readonly (readonly [nest: string, flags: readonly string[], fix: string])[] = [
  [
    "lines: { table: lines, nest: { taxes: customers } }",
    [],
    ": among the options of lines.taxes in --nest: link: { COLUMN: COLUMN }",
  ],
  [
    "lines:lines",
    ["--table", "nope"],
    "create it first, and the tables of --nest with foreign keys",
  ],
  [
    "customer:customers",
    [],
    "drops this field, --extra-fields ignore all that have no column; --nest 'lines:TABLE' writes the elements of lines to a table of their own",
  ],
  [
    "lines: { table: lines, map: [ 'qty:' ] }",
    ["--map", "customer:"],
    "map: [ 'taxes:' ] drops this field, extra-fields: ignore all that have no column",
  ],
];
// Fixes are the same on all databases.
describe.each(ENGINES.slice(0, 1))("fixes on $title", (engine) => {
  const database = useDatabase(engine);
  const shell = new OrdersShell(database, engine.name);

  test("the fix of a row on a level names the options of that level, and those that go with it", async () => {
    await shell.start();
    const known = { k: 1, customer: { email: "a@x" }, lines: [{ n: 1, qty: 1 }] };
    const planned = await shell.load([{ k: 1, lines: [{ n: 1, color: "red" }] }], SHOP);
    expect(planned.output).toContain(
      "fix:   among the options of lines in --nest: map: [ 'color:COLUMN' ] puts it into a column; map: [ 'color:' ] drops this field, extra-fields: ignore all that have no column\n",
    );
    const fixOf = async (record: object, flags: readonly string[] = SHOP): Promise<string> => {
      // A field that the first records do not have is met when they are written.
      const many = Array.from({ length: 3000 }, (_, k) => ({ ...known, k }));
      const { output } = await shell.load([...many, record], [...flags, "--max-rejects", "1"]);
      return /"fix":"([^"]*)"/.exec(output)?.[1] ?? output;
    };
    expect(await fixOf({ k: 3001, lines: [{ n: 1, color: "red" }] })).toBe(
      "among the options of lines in --nest: map it with map: [ 'color:COLUMN' ], drop it with map: [ 'color:' ], or drop all that have no column with extra-fields: ignore",
    );
    expect(await fixOf({ k: 3001, lines: [{ n: null, qty: 1 }] })).toBe(
      "fill the key: n takes no NULL",
    );
    const find = ["--nest", "customer: { table: customers, mode: find }", "--nest", "lines:lines"];
    expect(await fixOf({ k: 3001, customer: { email: "b@x" } }, find)).toBe(
      "load the table of that level first, or correct the record",
    );
  });
});

// No database is asked but for its catalog.
describe.each(ENGINES.slice(0, 1))("refusals on $title", (engine) => {
  const database = useDatabase(engine);
  const shell = new OrdersShell(database, engine.name);

  test.each([
    ["lines:nope", "PLAN_NEST_TABLE"],
    ["lines:taxes", "PLAN_NEST_LINK"],
    ["lines:customers", "PLAN_NO_KNOWN_FIELD"],
    ["lines: { table: lines, kay: n }", "OPTION_VALUE"],
    ["lines: { table: lines, key: [n, nope] }", "PLAN_UNKNOWN_COLUMN"],
    ["lines: { table: lines, mode: insert, set: { qty: target.qty } }", "OPTION_CONFLICT"],
    ["lines: { table: lines, link: { order_k: nope } }", "PLAN_UNKNOWN_COLUMN"],
    ["lines: { table: lines, link: order_k }", "OPTION_VALUE"],
    ["lines: { table: lines, relation: list }", "OPTION_VALUE"],
    ["lines: { table: lines, when: never }", "OPTION_VALUE"],
    ["lines: { table: lines, position: [n, qty] }", "OPTION_VALUE"],
    ["lines: { table: lines, position: qty, position-from: x }", "OPTION_VALUE"],
    ["lines: { table: lines, position: nope }", "PLAN_UNKNOWN_COLUMN"],
    ["lines: { table: lines, position: n }", "PLAN_DUPLICATE_COLUMN"],
    ["lines: { table: lines, mode: find }", "OPTION_CONFLICT"],
    ["lines: { table: lines, through: taxes }", "OPTION_VALUE"],
    ["lines: { table: lines, through: taxes(code), value: n }", "OPTION_VALUE"],
    ["lines: { table: lines, through: taxes(code), nest: { taxes: taxes } }", "OPTION_VALUE"],
    ["lines: { table: lines, through: { key: code } }", "OPTION_VALUE"],
    ["lines: { table: lines, const: { order_k: 1 } }", "PLAN_DUPLICATE_COLUMN"],
    ["lines: { table: lines, map: [ 'qty:nope' ] }", "PLAN_UNKNOWN_COLUMN"],
    ...GOING,
    ["lines: lines: lines", "OPTION_VALUE"],
    ["lines", "OPTION_VALUE"],
    ["lines: {}", "OPTION_VALUE"],
    ["lines: { table: lines, nest: { taxes: 1, taxes: 2 } }", "OPTION_VALUE"],
    ["parts.lines:lines", "OPTION_MISSING"],
  ])("--nest %s is refused: %s", async (nest, code) => {
    await shell.start();
    const { exit, output } = await shell.load([ORDER], ["--map", "customer:", "--nest", nest]);
    expect([exit, output]).toEqual([2, expect.stringContaining(`  ${code}\n`)]);
    expect((await shell.shop())["orders"]).toEqual([]);
  });

  test.each([
    [["--delete-missing"]],
    [["--max-delete", "5"]],
    [["--format", "csv"]],
    [["--nest", "lines:lines"]],
  ])("does not go with %s", async (flags) => {
    await shell.start();
    const { exit, output } = await shell.load([ORDER], [...LINES, ...flags]);
    expect([exit, output]).toEqual([2, expect.stringContaining("  OPTION_CONFLICT\n")]);
  });

  test("a level that holds SQL is refused under --no-raw-sql, another is not", async () => {
    await shell.start();
    const set = ["--nest", "lines: { table: lines, set: { qty: target.qty + 1 } }"];
    const refused = await shell.load([ORDER], ["--map", "customer:", ...set, "--no-raw-sql"]);
    const taken = await shell.load([ORDER], [...LINES, "--no-raw-sql"]);
    expect([refused.exit, taken.exit], taken.output).toEqual([2, 0]);
    expect(refused.output).toContain("--nest lines: set does not go with --no-raw-sql");
    const missing = ["--nest", "lines: { table: lines, missing: set qty = 1 }"];
    const also = await shell.load([ORDER], ["--map", "customer:", ...missing, "--no-raw-sql"]);
    expect(also.output).toContain("--nest lines: missing: set does not go with --no-raw-sql");
  });

  test("CSV holds no records", async () => {
    await shell.start();
    writeFileSync(join(shell.folder, "in.csv"), "k,note\n1,x\n");
    const said = await shell.run([
      "in.csv",
      "--table",
      "orders",
      "--key",
      "k",
      ...LINES.slice(0, 2),
    ]);
    expect(said).toContain("--nest does not go with the source in.csv  OPTION_CONFLICT");
  });

  test("a linking column in the records is refused with what drops it", async () => {
    await shell.start();
    const record = { k: 1, lines: [{ order_k: 9, n: 1, qty: 1 }] };
    const refused = await shell.load([record], ["--nest", "lines:lines"]);
    expect(refused.output).toContain(
      "among the options of lines in --nest: drop the field with map: [ 'order_k:' ]",
    );
    const dropping = "lines: { table: lines, map: [ 'order_k:' ] }";
    const taken = await shell.load([record], ["--nest", dropping]);
    expect([taken.exit, (await shell.shop())["lines"]], taken.output).toEqual([0, ["1 1 1"]]);
  });

  test.each(TOLD)("--nest %s %s is told what goes with --nest", async (nest, flags, fix) => {
    await shell.start();
    const record = { k: 1, customer: { email: "a@x" }, lines: [{ n: 1, taxes: [{ code: "a" }] }] };
    const refused = await shell.load([record], ["--nest", nest, ...flags]);
    expect([refused.exit, refused.output]).toEqual([2, expect.stringContaining(`${fix}\n`)]);
  });
});

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const shell = new OrdersShell(database, engine.name);

  test("the plan draws the levels with table, link, key and method", async () => {
    await shell.start();
    const words = ["plan", "in.ndjson", "--table", "orders", "--key", "k", ...SHOP];
    writeFileSync(join(shell.folder, "in.ndjson"), `${JSON.stringify(ORDER)}\n`);
    const plan = await shell.run(words);
    expect(plan).toMatch(/^levels:$/m);
    expect(plan).toMatch(
      /^ {2}lines +array +-> +\S*lines +order_k = k, out of the record +mode upsert +key \(/m,
    );
    expect(plan).toMatch(
      /^ {4}taxes +array +-> +\S*taxes +order_k = order_k, n = n, out of the record/m,
    );
    expect(plan).toMatch(
      /^ {2}customer +object +-> +\S*customers +customer_id = id, looked up by email/m,
    );
    expect(plan).toContain("written level by level");
    expect(plan).toMatch(/^mapping of lines:$/m);
  });

  test("a manifest has levels below nest, and a run tells of their tables", async () => {
    await shell.start();
    writeFileSync(join(shell.folder, "in.ndjson"), `${JSON.stringify(ORDER)}\n`);
    const manifest = `loads:
  - from: in.ndjson
    table: orders
    nest:
      lines: { table: lines, nest: { taxes: taxes } }
      customer: { table: customers, key: email, const: { name: "$$x" } }
`;
    writeFileSync(join(shell.folder, "run.yaml"), manifest);
    const first = await shell.run(["run", "run.yaml"]);
    const again = await shell.run(["run", "run.yaml", "--check"]);
    expect(first).toMatch(/customer -> \S*customers: 1 row, 1 inserted/);
    expect(again).toMatch(/lines -> \S*lines: 1 row, 1 unchanged/);
    expect(await shell.shop()).toEqual({
      orders: ["1 one a@x"],
      customers: ["a@x $x"],
      lines: ["1 1 1"],
      taxes: [],
    });
    writeFileSync(join(shell.folder, "run.yaml"), manifest.replace("$$x", "${NAME}"));
    expect(await shell.run(["run", "run.yaml"])).toContain("MANIFEST_VARIABLE");
  });
});
