/** `delete-when` of levels, and `--delete-when` of records that hold others, on every database. */
import { describe, expect, test } from "vitest";
import { nestEngines, useDatabase } from "../helpers/engines.ts";
import { ANY_WAY, NestShell, nestWays } from "../helpers/nest/nest-shell.ts";

const TABLES = [
  "create table orders (id int not null primary key, note varchar(20))",
  "create table lines (order_id int not null references orders (id), line_no int not null, qty int, primary key (order_id, line_no))",
  "create table taxes (order_id int not null, line_no int not null, code varchar(5) not null, primary key (order_id, line_no, code), foreign key (order_id, line_no) references lines (order_id, line_no) on delete cascade)",
  "insert into orders values (1, 'old'), (2, 'old')",
  "insert into lines values (1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1)",
];

const LINES = "select order_id, line_no, qty from lines order by order_id, line_no";
const TAXES = "select order_id, line_no, code from taxes order by order_id, line_no, code";

/** The flags of lines, of which those with `op` d delete. */
function lines(more = ""): string[] {
  return ["--key", "id", "--nest", `lines: { table: lines, delete-when: op=d${more} }`];
}

describe.each(nestEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const shell = new NestShell(database);

  test.each(nestWays(engine))(
    "a row of a level deletes that of its key, in its place in the order: %j",
    async (way) => {
      await shell.start(...TABLES);
      const ran = await shell.load(
        [
          '{"id":1,"note":"new","lines":[{"line_no":1,"op":"d","qty":"what"},{"line_no":3,"op":"c","qty":3}]}',
          '{"id":2,"note":"new","lines":[{"line_no":1,"qty":5},{"line_no":1,"op":"d"},{"line_no":9,"op":"d"}]}',
          '{"id":1,"note":"new","lines":[{"line_no":1,"qty":7},{"line_no":3,"op":"d"}]}',
        ],
        "orders",
        { flags: lines(), way },
      );
      expect(ran.counts, ran.output).toEqual({
        orders: { updated: 2, unchanged: 1 },
        lines: { inserted: 2, updated: 1, deleted: 3, skipped: 1 },
      });
      expect(await shell.rows(LINES)).toEqual(["1 1 7", "1 2 1", "2 2 1"]);
    },
  );

  test("what is in a row that deletes is not looked at; rows before and after it are whole", async () => {
    await shell.start(...TABLES);
    const ran = await shell.load(
      [
        '{"id":1,"note":"new","lines":[{"line_no":5,"taxes":[{"code":"a"}]},{"line_no":5,"op":"d","taxes":[{"code":null}]},{"line_no":5,"taxes":[{"code":"b"}]}]}',
        '{"id":2,"note":"new","lines":[{"line_no":1,"taxes":[{"code":"c"}]}]}',
      ],
      "orders",
      { flags: lines(", nest: { taxes: taxes }"), way: ANY_WAY },
    );
    expect(ran.counts, ran.output).toEqual({
      orders: { updated: 2 },
      lines: { inserted: 2, deleted: 1, ignored: 1 },
      taxes: { inserted: 3 },
    });
    expect(await shell.rows(TAXES)).toEqual(["1 5 b", "2 1 c"]);
  });

  test("a record that deletes takes its place among those that write what is in them", async () => {
    await shell.start(...TABLES);
    const ran = await shell.load(
      [
        '{"id":3,"note":"a","lines":[{"line_no":1}]}',
        '{"id":3,"op":"d","lines":[{"line_no":8}]}',
        '{"id":4,"note":"a","lines":[{"line_no":1}]}',
        '{"id":4,"note":"b","lines":[{"line_no":1,"op":"d"}]}',
        '{"id":4,"op":"d"}',
        '{"id":4,"note":"c","lines":[{"line_no":2}]}',
      ],
      "orders",
      { flags: [...lines(), "--delete-when", "op=d", "--max-rejects", "1"], way: ANY_WAY },
    );
    expect(ran.rejects, ran.output).toEqual([
      expect.objectContaining({ record: 2, code: "ROW_REFERENCED" }),
    ]);
    expect(ran.counts).toEqual({
      orders: { inserted: 3, updated: 1, deleted: 1, rejected: 1 },
      lines: { inserted: 3, deleted: 1 },
    });
    expect((await shell.rows(LINES)).slice(4)).toEqual(["3 1 -", "4 2 -"]);
  });

  test("it goes with missing: a row that deletes is mentioned, and others go", async () => {
    await shell.start(...TABLES);
    const ran = await shell.load(
      ['{"id":1,"note":"new","lines":[{"line_no":1,"op":"d"},{"line_no":3}]}'],
      "orders",
      { flags: [...lines(", missing: delete"), "--max-delete", "100%"], way: ANY_WAY },
    );
    expect(ran.counts["lines"], ran.output).toEqual({ inserted: 1, deleted: 1, removed: 1 });
    expect(await shell.rows(LINES)).toEqual(["1 3 -", "2 1 1", "2 2 1"]);
  });
});
