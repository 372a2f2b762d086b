/** `--nest` with names that need quotes, beside `--truncate`, and what is said of rejects on several levels. */
import { describe, expect, test } from "vitest";
import { nestEngines, useDatabase } from "../helpers/engines.ts";
import { ANY_WAY, NestShell } from "../helpers/nest/nest-shell.ts";

describe.each(nestEngines())("$title", (engine) => {
  const shell = new NestShell(useDatabase(engine));
  const { name } = engine;
  const quote = (text: string): string => (name === "sqlserver" ? `[${text}]` : `"${text}"`);

  test("--truncate says how rows that refer to those it deletes go first", async () => {
    await shell.start(
      "create table orders (k int not null primary key, note varchar(20))",
      "create table lines (order_k int references orders (k), n int not null primary key)",
      "create table taxes (n int not null references lines (n), code varchar(5) not null, primary key (n, code))",
      "insert into orders values (1, 'old')",
      "insert into lines values (1, 1), (null, 2)",
      "insert into taxes values (1, 'a'), (2, 'b')",
    );
    const record = '{"k":2,"lines":[{"n":3,"taxes":[{"code":"c"}]}]}';
    const flags = [
      "--key",
      "k",
      "--nest",
      "lines:lines",
      "--nest",
      "lines.taxes:taxes",
      "--truncate",
    ];
    const refused = await shell.load([record], "orders", { flags, way: ANY_WAY });
    expect([refused.exit, refused.error], refused.output).toEqual([2, "OPTION_CONFLICT"]);

    const [, before = ""] = /--before '(.*)'; or leave/.exec(refused.output) ?? [];
    const ran = await shell.load([record], "orders", {
      flags: [...flags, "--before", before.replaceAll(String.raw`\"`, '"')],
      way: ANY_WAY,
    });
    expect([ran.exit, ran.counts["orders"]], ran.output).toEqual([0, { inserted: 1, removed: 1 }]);
    // A line of no order stays, with its taxes.
    expect(await shell.rows("select order_k, n from lines order by n")).toEqual(["- 2", "2 3"]);
    expect(await shell.rows("select n, code from taxes order by n")).toEqual(["2 b", "3 c"]);
  });

  test("names with a dot or a blank stand in quotes, and tables as --table takes them", async () => {
    await shell.start(
      "create table orders (k int not null primary key, note varchar(20))",
      `create table ${quote("tä b")} (order_k int not null references orders (k), n int not null, primary key (order_k, n))`,
    );
    const flags = ["--key", "k", "--nest", '"a.b c":tä b'];
    const ran = await shell.load(['{"k":1,"a.b c":[{"n":1},{"n":2}]}'], "orders", {
      flags,
      way: ANY_WAY,
    });
    expect(
      [ran.exit, await shell.rows(`select n from ${quote("tä b")} order by n`)],
      ran.output,
    ).toEqual([0, ["1", "2"]]);
    const lost = await shell.load(['{"k":1}'], "orders", {
      flags: ["--key", "k", "--nest", "a.b:orders"],
      way: ANY_WAY,
    });
    expect([lost.exit, lost.error]).toEqual([2, "OPTION_MISSING"]);
    expect(lost.output).toContain(`--nest '"a.b":TABLE'`);
  });

  test("rejects of one code on two levels have the fix of each", async () => {
    await shell.start(
      "create table orders (k int not null primary key, note varchar(20))",
      "create table lines (order_k int not null references orders (k), n int not null, primary key (order_k, n))",
    );
    const good = Array.from({ length: 2000 }, (_, k) => `{"k":${k},"lines":[{"n":1}]}`);
    const bad = [
      '{"k":5000,"nota":"x"}',
      '{"k":5001,"lines":[{"n":1,"m":2}]}',
      '{"k":5002,"nota":"y"}',
    ];
    const flags = ["--key", "k", "--nest", "lines:lines"];
    const ran = await shell.load([...good, ...bad], "orders", { flags, way: ANY_WAY });
    const report: unknown = JSON.parse(/^\{.*\}$/m.exec(ran.output)?.[0] ?? "{}");
    expect(report).toMatchObject({
      rejects: [
        {
          code: "ROW_UNKNOWN_FIELD",
          count: 2,
          fix: expect.stringMatching(/^map it with --map 'nota:COLUMN'/),
        },
        {
          code: "ROW_UNKNOWN_FIELD",
          count: 1,
          fix: expect.stringMatching(/^among the options of lines/),
        },
      ],
    });
  });
});
