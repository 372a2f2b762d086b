/** `--nest`: what becomes of rows whose records are ignored, empty, odd or not kept. */
import { describe, expect, test } from "vitest";
import { tableEngines, useDatabase } from "../helpers/engines.ts";
import { ANN, OrdersShell, RECORDS, SHOP } from "../helpers/nest/orders-shell.ts";

/** The flags of lines whose number is their place. */
function placed(more: string): string[] {
  return ["--nest", `lines: { table: lines, position: n${more} }`];
}

function another(k: number): object[] {
  return [{ k, note: "new", customer: { email: "ann@x" }, lines: [{ n: 7, qty: 1 }] }];
}

describe.each(tableEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const shell = new OrdersShell(database, engine.name);

  test("a row that is ignored, skipped or unchanged still gives its key", async () => {
    await shell.start();
    await shell.load(RECORDS, SHOP);
    const ignoring = await shell.load(another(2), [
      ...SHOP.slice(0, 2),
      "--nest",
      "customer: {table: customers, key: email, mode: ignore}",
      "--mode",
      "ignore",
    ]);
    expect(ignoring.counts, ignoring.output).toEqual({
      orders: { ignored: 1 },
      lines: { inserted: 1 },
      customer: { ignored: 1 },
    });
    const skipping = await shell.load(another(3), [
      ...SHOP.slice(0, 2),
      "--nest",
      "customer:customers",
      "--update-where",
      "target.k = 0",
    ]);
    expect(skipping.counts, skipping.output).toEqual({
      orders: { skipped: 1 },
      lines: { inserted: 1 },
      customer: { ignored: 1 },
    });
    const lone = await shell.load(another(8), [
      ...SHOP.slice(0, 4),
      "--map",
      "customer:",
      "--mode",
      "update",
    ]);
    expect(lone.counts, lone.output).toEqual({
      orders: { skipped: 1 },
      lines: { skipped: 1 },
      "lines.taxes": {},
    });
    const { lines } = await shell.shop();
    expect(lines).toEqual(["1 1 2", "1 2 9", "1 3 4", "2 7 1", "3 1 1", "3 7 1"]);
  });

  test("absent, empty and null differ", async () => {
    await shell.start();
    await shell.load(RECORDS, SHOP);
    const ran = await shell.load(
      [
        { k: 1, lines: null },
        { k: 2, customer: null, lines: [] },
        { k: 4, note: "4" },
      ],
      SHOP,
    );
    expect([ran.exit, ran.counts["orders"]], ran.output).toEqual([0, { updated: 2, ignored: 1 }]);
    const { orders } = await shell.shop();
    expect(orders).toEqual(["1 one ann@x", "2 two -", "3 three -", "4 4 ann@x"]);
  });

  test("a member that is not what --nest takes it for is a reject that says where", async () => {
    await shell.start();
    const ran = await shell.load(
      [
        { k: 1, lines: { n: 1, qty: 1 } },
        { k: 2, lines: "none" },
        { k: 3, lines: [{ n: 1, qty: 1, taxes: [{ code: "a" }, 7] }] },
        { k: 4, customer: [ANN] },
        { k: 6, customer: true },
        { k: 7, lines: [{ qty: 1 }] },
      ],
      [...SHOP, "--max-rejects", "9"],
    );
    expect(ran.rejects, ran.output).toEqual([
      "ROW_NEST lines",
      "ROW_NEST lines",
      "ROW_NEST lines.taxes 1.2",
      "ROW_NEST customer",
      "ROW_NEST customer",
      "ROW_NULL_KEY lines 1 n",
    ]);
    expect(ran.output).toContain("lines is an object, and --nest takes it for an array of objects");
    expect(ran.output).toContain("lines 1, taxes 2: the element is a number, and not an object");
    expect(await shell.shop()).toEqual({ orders: [], customers: [], lines: [], taxes: [] });
  });

  test("a dry run tells the counts of all levels and keeps nothing", async () => {
    await shell.start();
    const ran = await shell.load(RECORDS, [...SHOP, "--dry-run"]);
    const checked = await shell.load(RECORDS, [...SHOP, "--check"]);
    expect([ran.exit, checked.exit], ran.output).toEqual([0, 3]);
    expect(ran.counts["lines"]).toEqual({ inserted: 4, updated: 1 });
    expect(await shell.shop()).toEqual({ orders: [], customers: [], lines: [], taxes: [] });
  });
});

describe.each(tableEngines())("options of levels on $title", (engine) => {
  const database = useDatabase(engine);
  const shell = new OrdersShell(database, engine.name);

  test("a member that no record had is told of, but for one in it", async () => {
    await shell.start();
    const misspelt = ["--nest", "line: { table: lines, nest: { taxes: taxes } }"];
    const ran = await shell.load([{ k: 1, note: "a" }], misspelt);
    const told = [...ran.output.matchAll(/no record had a row in ([^,]+), which --nest names/g)];
    expect([ran.exit, told.map(([, member]) => member)], ran.output).toEqual([0, ["'line'"]]);
  });

  test("an object that is only looked up is never written, and must be there", async () => {
    await shell.start();
    await shell.load(RECORDS, SHOP);
    const find = "customer: { table: customers, key: email, mode: find }";
    const ran = await shell.load(
      [
        { k: 7, customer: { email: "bob@x", name: "Bobby" } },
        { k: 8, customer: { email: "nobody@x" } },
        { k: 2, customer: { email: "ann@x" } },
      ],
      ["--nest", find, "--max-rejects", "1"],
    );
    expect([ran.exit, ran.rejects], ran.output).toEqual([3, ["ROW_LOOKUP customer"]]);
    expect(ran.counts).toEqual({
      orders: { inserted: 1, updated: 1, rejected: 1 },
      customer: { ignored: 2, rejected: 1 },
    });
    const { orders = [], customers } = await shell.shop();
    expect(orders.filter((row) => /^[278] /.test(row))).toEqual(["2 two ann@x", "7 - bob@x"]);
    expect(customers).toEqual(["ann@x Anna", "bob@x Bob"]);
  });

  test("the place in the array is a column, from 1 or from 0", async () => {
    await shell.start();
    const first = await shell.load([{ k: 1, lines: [{ qty: 5 }, { qty: 6 }] }], placed(""));
    const moved = await shell.load(
      [{ k: 1, lines: [{ qty: 6 }, { qty: 5 }, { qty: 7 }] }],
      placed(""),
    );
    const zero = await shell.load([{ k: 2, lines: [{ qty: 8 }] }], placed(", position-from: 0"));
    expect([first.counts["lines"], moved.counts["lines"]], first.output + moved.output).toEqual([
      { inserted: 2 },
      { inserted: 1, updated: 2 },
    ]);
    expect((await shell.shop())["lines"], zero.output).toEqual([
      "1 1 6",
      "1 2 5",
      "1 3 7",
      "2 0 8",
    ]);
    const objects = ["--nest", "customer: { table: customers, position: id }"];
    const refused = await shell.load([{ k: 1, customer: ANN }], objects);
    expect(refused.output).toContain("customer: position does not go with one object");
  });

  test("rows in an array may be written only where their record's row was", async () => {
    await shell.start();
    await shell.load(RECORDS, SHOP);
    const nest = ["--nest", "lines: { table: lines, when: written, nest: { taxes: taxes } }"];
    const inside = [{ n: 5, qty: 1, taxes: [{ code: "z" }] }];
    const ran = await shell.load(
      [
        { k: 2, note: "two", lines: inside },
        { k: 3, note: "new", lines: inside },
        { k: 9, note: "nine", lines: inside },
      ],
      nest,
    );
    expect(ran.counts, ran.output).toEqual({
      orders: { inserted: 1, updated: 1, unchanged: 1 },
      lines: { inserted: 2, skipped: 1 },
      "lines.taxes": { inserted: 2, skipped: 1 },
    });
    const { lines = [] } = await shell.shop();
    expect(lines.filter((row) => row.includes(" 5 "))).toEqual(["3 5 1", "9 5 1"]);
  });
});
