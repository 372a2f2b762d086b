/** `--nest`: what becomes of rows whose records are ignored, empty, odd or not kept. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { NestShell, SHOP } from "../helpers/nest-shell.ts";

const ANN = { email: "ann@x", name: "Ann" };
const BOB = { email: "bob@x", name: "Bob" };
const RECORDS = [
  {
    k: 1,
    note: "one",
    customer: ANN,
    lines: [
      {
        n: 1,
        qty: 2,
        taxes: [
          { code: "a", amount: 5 },
          { code: "b", amount: 6 },
        ],
      },
      { n: 2, qty: 3, taxes: [] },
    ],
  },
  { k: 2, note: "two", customer: BOB, lines: [] },
  {
    k: 3,
    note: "three",
    customer: null,
    lines: [{ n: 1, qty: 1, taxes: [{ code: "a", amount: 7 }] }],
  },
  { k: 4, note: "four", customer: { email: "ann@x", name: "Anna" } },
  {
    k: 1,
    lines: [
      { n: 2, qty: 9 },
      { n: 3, qty: 4 },
    ],
  },
];

function another(k: number): object[] {
  return [{ k, note: "new", customer: { email: "ann@x" }, lines: [{ n: 7, qty: 1 }] }];
}

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  const shell = new NestShell(database, engine.name);

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
