/** `--nest`: the objects in members of JSON records are rows of other tables. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase, waysFor, wayTitle } from "../helpers/engines.ts";
import { ANN, BOB, OrdersShell, RECORDS, SHOP } from "../helpers/nest/orders-shell.ts";

/** Texts that are too long are at fault where the database minds: not on SQLite. */
const BAD = [
  {
    k: 1,
    note: "one",
    customer: ANN,
    lines: [{ n: 1, qty: 1, taxes: [{ code: "a", amount: 1 }] }],
  },
  {
    k: 2,
    note: "two",
    customer: BOB,
    lines: [
      { n: 1, qty: 1 },
      { n: 2, qty: 0 },
    ],
  },
  { k: 3, note: "x".repeat(25), customer: BOB, lines: [{ n: 1, qty: 1 }] },
  {
    k: 4,
    note: "four",
    customer: { email: "c@x", name: "Carol" },
    lines: [{ n: 1, qty: 1, taxes: [{ code: "much too long" }] }],
  },
  { k: 5, note: "five", customer: { name: "Nobody" }, lines: [] },
  { k: 6, note: "six", customer: { email: "dan@x", name: "Dan" }, lines: [{ n: 1, qty: 1 }] },
];

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  const shell = new OrdersShell(database, engine.name);

  for (const way of waysFor("nested", engine, [2, 1000], 1)) {
    const { strategy, rowSource, batchRows } = way;
    const flags = [
      "--strategy",
      strategy,
      "--row-source",
      rowSource,
      "--batch-rows",
      String(batchRows),
    ];

    test(`writes every level, and finds all of it unchanged: ${wayTitle(way)}`, async () => {
      await shell.start();
      const first = await shell.load(RECORDS, [...SHOP, ...flags]);
      expect([first.exit, first.counts], first.output).toEqual([
        0,
        {
          orders: { inserted: 4, ignored: 1 },
          lines: { inserted: 4, updated: 1 },
          "lines.taxes": { inserted: 3 },
          customer: { inserted: 2, updated: 1 },
        },
      ]);
      expect(await shell.shop()).toEqual({
        orders: ["1 one ann@x", "2 two bob@x", "3 three -", "4 four ann@x"],
        customers: ["ann@x Anna", "bob@x Bob"],
        lines: ["1 1 2", "1 2 9", "1 3 4", "3 1 1"],
        taxes: ["1 1 a 5", "1 1 b 6", "3 1 a 7"],
      });

      const again = await shell.load(RECORDS.slice(1, 3), [...SHOP, ...flags, "--check"]);
      expect([again.exit, again.counts], again.output).toEqual([
        0,
        {
          orders: { unchanged: 2 },
          lines: { unchanged: 1 },
          "lines.taxes": { unchanged: 1 },
          customer: { unchanged: 1 },
        },
      ]);
    });

    if (batchRows < 1000 && strategy !== "native") continue;

    test(`a record at fault on any level goes with everything in it: ${wayTitle(way)}`, async () => {
      await shell.start();
      const isShort = engine.name === "sqlite";
      const bad = BAD.filter(({ k }) => !isShort || (k !== 3 && k !== 4));
      const ran = await shell.load(bad, [...SHOP, ...flags, "--max-rejects", "9"]);

      expect(ran.rejects, ran.output).toEqual([
        expect.stringMatching(/^ROW_CHECK lines 2/) as string,
        ...(isShort ? [] : [expect.stringMatching(/^ROW_LENGTH/) as string]),
        ...(isShort ? [] : [expect.stringMatching(/^ROW_LENGTH lines.taxes 1.1/) as string]),
        "ROW_NULL_KEY customer email",
      ]);
      expect(ran.exit).toBe(3);
      expect(await shell.shop()).toEqual({
        orders: ["1 one ann@x", "6 six dan@x"],
        customers: ["ann@x Ann", "dan@x Dan"],
        lines: ["1 1 1", "6 1 1"],
        taxes: ["1 1 a 1"],
      });
      const kept = { inserted: 2 };
      expect(ran.counts).toEqual({
        orders: { ...kept, rejected: isShort ? 2 : 4 },
        lines: { ...kept, rejected: 1, dropped: isShort ? 1 : 3 },
        "lines.taxes": isShort ? { inserted: 1 } : { inserted: 1, rejected: 1 },
        customer: isShort
          ? { ...kept, rejected: 1, dropped: 1 }
          : { ...kept, rejected: 1, dropped: 3 },
      });
    });
  }
});
