/** `missing` of levels takes few statements, however many records there are; the plan prints them, and says why where it does not. */
import { describe, expect, test } from "vitest";
import { ENGINES, wayTitle } from "../helpers/engines.ts";
import { ANY_WAY, NestShell } from "../helpers/nest/nest-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { isLogged, useLoggedDatabase } from "../helpers/statement-log.ts";

const TABLES = [
  "create table orders (id int not null primary key, note varchar(20))",
  "create table lines (order_id int not null references orders (id), line_no int not null, sku varchar(9), primary key (order_id, line_no))",
];

const FLAGS = ["--key", "id", "--nest", "lines: { table: lines, missing: delete }"];

/** Records of which some are new, some change and some do not; the last line of each is gone in the second load. */
function records(count: number, second: boolean): string[] {
  return Array.from({ length: count }, (_, id) => {
    const note = second && id % 3 === 0 ? "new" : "old";
    const numbers = second ? [1] : [1, 2];
    return JSON.stringify({ id, note, lines: numbers.map((line_no) => ({ line_no })) });
  });
}

describe.each(ENGINES.filter(isLogged))("$title", (engine) => {
  const { database, start } = useLoggedDatabase(engine);
  const shell = new NestShell(database);

  const printed = async (...lines: readonly string[]): Promise<string> => {
    const args = ["plan", "-", "-f", "ndjson", "--to", database.url, "--table", "orders", ...FLAGS];
    const { stdout, stderr } = await runUpsurge(args, {
      stdin: lines.map((line) => `${line}\n`).join(""),
    });
    return stdout + stderr;
  };

  test(`a batch loses its rows by one statement, which the plan prints: ${wayTitle(ANY_WAY)}`, async () => {
    const sent: string[][] = [];
    for (const count of [9, 30]) {
      await shell.start(...TABLES);
      const how = { flags: [...FLAGS, "--max-delete", "100%"], way: ANY_WAY };
      await shell.load(records(count, false), "orders", how);
      const finish = start();
      const ran = await shell.load(
        [...records(count, true), '{"id":99,"lines":[]}'],
        "orders",
        how,
      );
      sent.push([...finish()]);
      expect(ran.counts["lines"], ran.output).toEqual({ ignored: count, removed: count });
    }
    const [few = [], many = []] = sent;
    const taking = many.filter((sql) => /^delete (?:from|target)\b.*lines/i.test(sql));
    expect(taking).toHaveLength(1);
    const plan = await printed('{"id":1,"note":"x","lines":[{"line_no":1}]}');
    // What is sent to SQL Server has its parameters behind it.
    expect(taking[0]).toContain(/^ *(delete (?:from|target) .*)$/im.exec(plan)?.[1] ?? "none");
    expect(plan).toContain(
      "-- where the row of a record with lines was inserted, updated or found",
    );
    // SQLite is sent rows in groups, of which many records fill more.
    if (engine.name !== "sqlite") expect(many.length).toBe(few.length);
  });

  test.each(["missing: delete", "delete-when: op=d"])(
    "what is about the rows in an array does not go with an object: %s",
    async (option) => {
      await shell.start(...TABLES);
      const flags = ["--key", "line_no", "--nest", `up: { table: orders, ${option} }`];
      const ran = await shell.load(['{"line_no":1,"up":{"id":1}}'], "lines", {
        flags,
        way: ANY_WAY,
      });
      expect([ran.exit, ran.output]).toEqual([
        2,
        expect.stringContaining("does not go with one object"),
      ]);
    },
  );

  test("where a row that goes gives up another key, records go one by one, and the plan says why", async () => {
    await shell.start(...TABLES, "create unique index one_sku on lines (sku)");
    const known = '{"id":1,"note":"x","lines":[{"line_no":1,"sku":"a"}]}';
    expect(await printed(known)).toMatch(
      /records are written one by one.*a row of (?:\w+\.)?lines that a record does not mention gives up its/,
    );
    // Of a column that only a later record has the plan knows nothing.
    const flags = [...FLAGS, "--max-delete", "100%"];
    const ran = await shell.load(
      [
        '{"id":1,"note":"x","lines":[{"line_no":1}]}',
        ...Array.from({ length: 3000 }, (_, at) => `{"id":${at + 10},"note":"x","lines":[]}`),
        '{"id":2,"note":"x","lines":[{"line_no":1,"sku":"a"}]}',
        '{"id":2,"note":"x","lines":[]}',
        '{"id":3,"note":"x","lines":[{"line_no":1,"sku":"a"}]}',
      ],
      "orders",
      { flags, way: ANY_WAY },
    );
    expect(ran.counts["lines"], ran.output).toEqual({ inserted: 3, removed: 1 });
  });
});
