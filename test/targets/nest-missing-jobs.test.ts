/** `--max-delete` over the rows that nested records do not mention, where their job was stopped and goes on. */
import { afterEach, describe, expect, test } from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import { jobEngines, useDatabase } from "../helpers/engines.ts";
import { OrdersShell } from "../helpers/nest/orders-shell.ts";
import type { NestRun } from "../helpers/nest/orders-shell.ts";

const LINES = "select order_k, n, qty from lines order by order_k, n";

/** Four orders with five lines each. */
const START = [
  "create table orders (k int not null primary key, note varchar(20))",
  "create table lines (order_k int references orders (k), n int not null, qty int, code int not null primary key)",
  "insert into orders values (1, 'old'), (2, 'old'), (3, 'old'), (4, 'old')",
  `insert into lines values ${[1, 2, 3, 4]
    .flatMap((k) => [1, 2, 3, 4, 5].map((n) => `(${k}, ${n}, 1, ${10 * k + n})`))
    .join(", ")}`,
];

/** Each leaves one of its lines out. */
const RECORDS = [1, 2, 3, 4].map((k) => ({
  k,
  note: "new",
  lines: [1, 2, 3, 4].map((n) => ({ n, code: 10 * k + n })),
}));

function job(missing: string, most: string): string[] {
  const level = `lines: { table: lines, key: code, delete-when: op=d, missing: ${missing} }`;
  return ["--nest", level, "--job", "j", "--commit", "1", "--max-delete", most];
}

/** A run that ends with an error before it commits for the n-th time, as one that is killed there. */
async function stoppedAt(commit: number, run: () => Promise<NestRun>): Promise<NestRun> {
  let seen = 0;
  onFailPoint((point) => {
    if (point === "commit" && (seen += 1) === commit) throw new Error("stopped");
  });
  const ran = await run();
  onFailPoint(null);
  return ran;
}

afterEach(() => onFailPoint(null));

/** What a message calls that which `missing` does to rows. */
function changeOf(missing: string): string {
  return missing.startsWith("set ") ? "change" : missing;
}

/** Lines with the codes from 12 to 20, but for these. */
function codes(...gone: readonly number[]): readonly { readonly code: number }[] {
  const all = Array.from({ length: 9 }, (_, at) => ({ code: at + 12 }));
  return all.filter(({ code }) => !gone.includes(code));
}

describe.each(jobEngines())("$title", (engine) => {
  const shell = new OrdersShell(useDatabase(engine), engine.name);

  test.each(["delete", "unlink", "set 'qty = 0'"])(
    "the rows of both parts count: missing: %s",
    async (missing) => {
      await shell.start(START);
      const load = async (most: string) => await shell.load(RECORDS, job(missing, most));

      const first = await stoppedAt(3, async () => await load("3"));
      expect([first.exit, first.counts["lines"]?.["removed"]], first.output).toEqual([1, 2]);
      const beyond = await load("3");
      expect([beyond.exit, beyond.output]).toEqual([4, expect.stringContaining("DELETE_LIMIT")]);
      expect(beyond.output).toContain(
        `missing of --nest lines would ${changeOf(missing)} at least 4 of 20 rows of `,
      );
      expect(await shell.rows("select k from orders where note = 'new' order by k")).toEqual([
        ["1"],
        ["2"],
        ["3"],
      ]);
      const ended = await load("4");
      expect([ended.exit, ended.counts["lines"]?.["removed"]], ended.output).toEqual([0, 4]);
    },
  );

  test("a share is one of the rows before the first part, whatever that inserted, unlinked or deleted", async () => {
    for (const missing of ["delete", "unlink"]) {
      await shell.start(START);
      const [first, ...others] = RECORDS;
      const records = [
        {
          ...first,
          lines: [
            ...[1, 2].map((n) => ({ n, code: 10 + n })),
            ...[3, 4].map((n) => ({ code: 10 + n, op: "d" })),
            { n: 6, code: 16 },
          ],
        },
        ...others,
      ];
      const load = async (most: string) => await shell.load(records, job(missing, most));

      const stopped = await stoppedAt(3, async () => await load("15%"));
      expect([stopped.exit, stopped.counts["lines"]?.["removed"]], stopped.output).toEqual([1, 2]);
      // Of 20 rows 15% are three: the fourth is too many.
      const beyond = await load("15%");
      expect([beyond.exit, beyond.output], missing).toEqual([
        4,
        expect.stringContaining(`would ${changeOf(missing)} at least 4 of 20 rows`),
      ]);
      const ended = await load("20%");
      expect([ended.exit, ended.counts["lines"]?.["removed"]], ended.output).toEqual([0, 4]);
      expect(await shell.rows(LINES)).toContainEqual(["1", "6", null]);
    }
  });
});

describe.each(jobEngines())("rows that go along by a foreign key, on $title", (engine) => {
  const shell = new OrdersShell(useDatabase(engine), engine.name);

  test("a table that rows took along with them is the job's own", async () => {
    await shell.start([
      ...START.slice(0, 2),
      "create table taxes (code int not null references lines (code) on delete cascade, id int not null primary key)",
      ...START.slice(2),
    ]);
    const flags = [...job("delete", "100%"), "--nest", "lines.taxes:taxes"];
    const records = [
      { k: 1, note: "new", lines: [{ n: 1, code: 11, taxes: [{ id: 1 }] }] },
      { k: 1, note: "newer", lines: [] },
      { k: 2, note: "new" },
    ];
    const stopped = await stoppedAt(3, async () => await shell.load(records, flags));
    expect([stopped.exit, stopped.counts["lines"]?.["removed"]], stopped.output).toEqual([1, 5]);
    expect(await shell.rows("select id from taxes")).toEqual([]);

    const ended = await shell.load(records, flags);
    expect([ended.exit, ended.counts["orders"]], ended.output).toEqual([0, { updated: 3 }]);
  });

  test("a table that was empty has only rows to lose that the job has made, whatever went along by a foreign key", async () => {
    await shell.start([
      START[0] ?? "",
      "create table lines (order_k int not null references orders (k), code int not null primary key, of_code int references lines (code) on delete cascade)",
      "insert into orders values (1, 'old'), (2, 'old')",
    ]);
    const level =
      "lines: { table: lines, key: code, link: { order_k: k }, relation: array, missing: delete }";
    const flags = ["--nest", level, "--job", "j", "--commit", "1", "--max-delete", "2"];
    const records = [
      { k: 2, note: "new", lines: [{ code: 1, of_code: null }] },
      { k: 1, note: "new", lines: [2, 3, 4].map((code) => ({ code, of_code: 1 })) },
      { k: 2, note: "none", lines: [] },
      { k: 1, note: "last", lines: [5, 6, 7].map((code) => ({ code, of_code: null })) },
      { k: 1, note: "none", lines: [] },
    ];
    const stopped = await stoppedAt(5, async () => await shell.load(records, flags));
    expect([stopped.exit, stopped.counts["lines"]?.["removed"]], stopped.output).toEqual([1, 1]);
    const ended = await shell.load(records, flags);
    expect([ended.exit, ended.counts["lines"]?.["removed"]], ended.output).toEqual([0, 4]);
  });

  test("rows that go along by a foreign key do not lower what a share is of", async () => {
    await shell.start([
      START[0] ?? "",
      "create table lines (order_k int not null references orders (k), code int not null primary key, of_code int references lines (code) on delete cascade)",
      "insert into orders values (1, 'old')",
      "insert into lines values (1, 1, null)",
      `insert into lines values ${Array.from({ length: 19 }, (_, at) => `(1, ${at + 2}, ${at < 10 ? 1 : "null"})`).join(", ")}`,
    ]);
    const level =
      "lines: { table: lines, key: code, link: { order_k: k }, relation: array, missing: delete }";
    const flags = ["--nest", level, "--job", "j", "--commit", "1", "--max-delete"];
    // Codes from 2 to 11 go with 1, of which they are: where they are none of the record's they are counted.
    const records = [
      {
        k: 1,
        note: "new",
        lines: [...codes(), ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((code) => ({ code }))],
      },
      { k: 1, note: "newer", lines: codes(12) },
      { k: 1, note: "newest", lines: codes(12, 13) },
    ];
    const load = async (most: string) => await shell.load(records, [...flags, most]);
    const stopped = await stoppedAt(2, async () => await load("15%"));
    expect([stopped.exit, stopped.counts["lines"]?.["removed"]], stopped.output).toEqual([1, 1]);
    expect(await shell.rows("select count(*) from lines")).toEqual([["9"]]);

    const ended = await load("15%");
    expect([ended.exit, ended.counts["lines"]?.["removed"]], ended.output).toEqual([0, 3]);
  });
});
