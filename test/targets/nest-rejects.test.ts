/** Rejects of nested loads: the whole record goes, whatever level it fails on, and the report says where in it the fault is. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase, wayTitle } from "../helpers/engines.ts";
import { ANY_WAY, NestShell, nestWays } from "../helpers/nest/nest-shell.ts";

const TABLES = [
  "create table orders (id int not null primary key, n int check (n < 8))",
  "create table lines (order_id int not null references orders (id), line_no int not null, sku varchar(9) not null, primary key (order_id, line_no))",
  "create table taxes (order_id int not null, line_no int not null, code varchar(9) not null, rate int check (rate < 8), primary key (order_id, line_no, code), foreign key (order_id, line_no) references lines (order_id, line_no))",
];
const FLAGS = ["--key", "id", "--nest", "lines: { table: lines, nest: { taxes: taxes } }"];
const GOOD = [
  '{"id":1,"n":1,"lines":[{"line_no":1,"sku":"a","taxes":[{"code":"v","rate":1}]}]}',
  '{"id":1,"n":2,"lines":[]}',
  '{"id":2,"lines":[{"line_no":1,"sku":"b"},{"line_no":1,"sku":"c"}]}',
];

/** A record at fault, what its report says, and what becomes of the rows below its root. */
const BAD: readonly (readonly [
  record: string,
  report: readonly [code: string, level: string | null, index: string, column: string | null],
  lines: Readonly<Record<string, number>>,
  taxes: Readonly<Record<string, number>>,
])[] = [
  [
    '{"id":11,"n":9,"lines":[{"line_no":1,"sku":"a"}]}',
    ["ROW_CHECK", null, "", null],
    { dropped: 1 },
    {},
  ],
  [
    '{"id":12,"lines":[{"line_no":1,"sku":"a","taxes":[{"code":"v"}]},{"line_no":2,"sku":null}]}',
    ["ROW_NOT_NULL", "lines", "2", "sku"],
    { rejected: 1, dropped: 1 },
    { dropped: 1 },
  ],
  [
    '{"id":13,"lines":[{"line_no":1,"sku":"a"},{"line_no":2,"sku":"a","taxes":[{"code":"v","rate":1},{"code":"w","rate":"x"}]}]}',
    ["ROW_TYPE", "lines.taxes", "2,2", "rate"],
    { dropped: 2 },
    { rejected: 1, dropped: 1 },
  ],
  [
    '{"id":14,"lines":[{"line_no":1,"sku":"a","taxes":[{"code":"v","rate":8}]}]}',
    ["ROW_CHECK", "lines.taxes", "1,1", null],
    { dropped: 1 },
    { rejected: 1 },
  ],
  [
    '{"id":15,"lines":[{"sku":"a"}]}',
    ["ROW_NULL_KEY", "lines", "1", "line_no"],
    { rejected: 1 },
    {},
  ],
  [
    '{"id":16,"lines":[{"line_no":1,"sku":"a"},3]}',
    ["ROW_NEST", "lines", "2", null],
    { rejected: 1, dropped: 1 },
    {},
  ],
];

function added(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const names = [...Object.keys(a), ...Object.keys(b)];
  return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

const SUMS = [2, 3].map((at) =>
  BAD.map((each) => each[at] as Readonly<Record<string, number>>).reduce(added, {}),
);

describe.each(ENGINES)("$title", (engine) => {
  const shell = new NestShell(useDatabase(engine));
  // Without `strict` SQLite takes texts for numbers.
  const setup = TABLES.map((sql) =>
    engine.name === "sqlite" ? `${sql.replaceAll("varchar(9)", "text")} strict` : sql,
  );
  const ways = nestWays(engine);
  const tables = async (): Promise<readonly (readonly string[])[]> => [
    await shell.rows("select id, n from orders order by 1"),
    await shell.rows("select order_id, line_no, sku from lines order by 1, 2"),
    await shell.rows("select order_id, line_no, code, rate from taxes order by 1, 2, 3"),
  ];

  test.each(ways.map((way) => [wayTitle(way), way] as const))(
    "a fault on any level rejects its record and no other: %s",
    async (_, way) => {
      await shell.start(...setup);
      // Between the good ones, so that they share batches.
      const lines = BAD.flatMap(([record], at) => [...GOOD.slice(at, at + 1), record]);
      const ran = await shell.load(lines, "orders", { flags: FLAGS, way });

      expect([ran.exit, ran.counts], ran.output).toEqual([
        3,
        {
          orders: { inserted: 2, updated: 1, rejected: BAD.length },
          lines: { inserted: 2, updated: 1, ...SUMS[0] },
          taxes: { inserted: 1, ...SUMS[1] },
        },
      ]);
      expect(await tables()).toEqual([["1 2", "2 -"], ["1 1 a", "2 1 c"], ["1 1 v 1"]]);
      const told = ran.rejects
        .toSorted((a, b) => a.record - b.record)
        .map(({ code, level, index, column }) => [
          code,
          level ?? null,
          (index ?? []).join(),
          code === "ROW_CHECK" ? null : column,
        ]);
      expect(told).toEqual(BAD.map(([, report]) => report));
      expect(ran.rejected.trimEnd().split("\n").toSorted()).toEqual(
        BAD.map(([record]) => record).toSorted(),
      );
    },
  );

  test("the report names the place of the fault in words", async () => {
    await shell.start(...setup);
    const ran = await shell.load(
      BAD.map(([record]) => record),
      "orders",
      { flags: FLAGS, way: ANY_WAY },
    );

    const message = ran.rejects.find(({ level }) => level === "lines.taxes")?.message;
    expect(message).toMatch(/^lines 2, taxes 2: /);
  });

  test("a member that a link fills is refused before the first record, and left out where that is said", async () => {
    await shell.start(...setup);
    const line = '{"id":3,"lines":[{"line_no":1,"sku":"a","order_id":3}]}';
    const refused = await shell.load([line], "orders", { flags: FLAGS, way: ANY_WAY });
    const nest = 'lines: { table: lines, map: ["order_id:"] }';
    const flags = ["--key", "id", "--nest", nest];
    const ran = await shell.load([line], "orders", { flags, way: ANY_WAY });

    expect([refused.exit, refused.error], refused.output).toEqual([2, "PLAN_DUPLICATE_COLUMN"]);
    expect([ran.exit, ran.counts], ran.output).toEqual([
      0,
      { orders: { inserted: 1 }, lines: { inserted: 1 } },
    ]);
  });

  test("without leave to reject, a fault on the lowest level leaves nothing behind", async () => {
    await shell.start(...setup);
    const [lowest = ""] = BAD.flatMap(([record, [, level]]) =>
      level === "lines.taxes" ? [record] : [],
    );
    const flags = [...FLAGS, "--max-rejects", "0"];
    const ran = await shell.load([...GOOD, lowest], "orders", { flags, way: ANY_WAY });

    expect(ran.exit, ran.output).toBe(4);
    expect(await tables()).toEqual([[], [], []]);
  });
});
