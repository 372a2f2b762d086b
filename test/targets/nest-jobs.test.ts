/** Nested loads that commit in parts: what a job remembers of levels, and when it goes on. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import type { RunReport } from "../../src/report/run-report.ts";
import { jobEngines, useDatabase } from "../helpers/engines.ts";
import { OrdersShell, RECORDS, SHOP } from "../helpers/nest/orders-shell.ts";
import type { Engine } from "../helpers/engines.ts";
import type { NestRun } from "../helpers/nest/orders-shell.ts";
import { failBatches } from "../helpers/server-fault.ts";

const JOB = [...SHOP, "--job", "j", "--commit", "2", "--max-rejects", "1"];
const BAD = {
  k: 9,
  customer: null,
  lines: [
    { n: 1, qty: 1, taxes: [] },
    { n: 2, qty: -1 },
  ],
};
const ALL = [BAD, ...RECORDS];

/** All records of `ALL`. */
const COUNTS = {
  orders: { inserted: 4, ignored: 1, rejected: 1 },
  lines: { inserted: 4, updated: 1, rejected: 1, dropped: 1 },
  "lines.taxes": { inserted: 3 },
  customer: { inserted: 2, updated: 1 },
};

afterEach(() => onFailPoint(null));

/** A run that ends with an error when it commits for the n-th time. */
async function stoppedAt(commit: number, run: () => Promise<NestRun>): Promise<NestRun> {
  let seen = 0;
  onFailPoint((point) => {
    if (point === "commit" && (seen += 1) === commit) throw new Error("stopped");
  });
  const ran = await run();
  onFailPoint(null);
  return ran;
}

describe.each(jobEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const shell = new OrdersShell(database, engine.name);

  test("a job that stops has whole records, and goes on with the counts of all levels", async () => {
    await shell.start();
    const first = await stoppedAt(3, async () => await shell.load(ALL, JOB));
    expect([first.exit, first.counts], first.output).toEqual([
      1,
      {
        orders: { inserted: 3, rejected: 1 },
        lines: { inserted: 3, rejected: 1, dropped: 1 },
        "lines.taxes": { inserted: 3 },
        customer: { inserted: 2 },
      },
    ]);
    expect((await shell.shop())["orders"]).toEqual(["1 one ann@x", "2 two bob@x", "3 three -"]);

    const second = await shell.load(ALL, JOB);

    expect([second.exit, second.counts], second.output).toEqual([3, COUNTS]);
    const again = await shell.load(ALL, JOB);
    expect([again.exit, again.counts], again.output).toEqual([3, {}]);
    expect(again.output).toContain('"alreadyLoadedAt":"2');
  });

  test("commits and batches of any size come to the same", async () => {
    const seen: unknown[] = [];
    for (const size of [[], ["--commit", "1"], ["--commit", "4", "-b", "3"]]) {
      await shell.start();
      const ran = await shell.load(ALL, [...SHOP, "--max-rejects", "1", ...size]);
      seen.push([ran.counts, ran.rejects, await shell.shop()]);
    }
    expect(seen[0]).toMatchObject([COUNTS, ["ROW_CHECK lines 2"], {}]);
    expect(seen.slice(1)).toEqual([seen[0], seen[0]]);
  });

  test("without a checkpoint parts are committed as well", async () => {
    await shell.start();
    const flags = [...SHOP, "--commit", "2", "--allow-at-least-once", "--max-rejects", "1"];
    const stopped = await stoppedAt(2, async () => await shell.load(ALL, flags));
    expect(stopped.counts, stopped.output).toMatchObject({ lines: { inserted: 2, dropped: 1 } });
    expect(stopped.output).toContain('"guarantee":"at-least-once"');
  });

  remembered(engine, shell);
  runs(shell);
});

/** Runs that commit in parts. */
function runs(shell: OrdersShell): void {
  test("a run that commits in parts goes on with its nested loads", async () => {
    await shell.start();
    await shell.load([], SHOP);
    const text = RECORDS.map((record) => `${JSON.stringify(record)}\n`).join("");
    const levels = "{ customer: customers, lines: { table: lines, nest: { taxes: taxes } } }";
    writeFileSync(join(shell.folder, "in.ndjson"), text);
    writeFileSync(
      join(shell.folder, "run.yaml"),
      `loads: [{ from: in.ndjson, table: orders, key: k, nest: ${levels} }]\n`,
    );
    const words = ["run", "run.yaml", "--commit", "2", "--job", "r", "--json"];
    let commits = 0;
    onFailPoint((point) => {
      if (point === "commit" && (commits += 1) === 2) throw new Error("stopped");
    });
    const stopped = await shell.run(words);
    onFailPoint(null);
    const ended = await shell.run(words);

    expect(stopped).toContain('"status":"failed"');
    const { tables } = JSON.parse(ended.split("\n")[0] ?? "") as RunReport;
    expect(tables[0]?.counts, ended).toMatchObject({ read: 5, inserted: 4, unchanged: 1 });
    expect(tables[0]?.nested?.map(({ counts }) => [counts.read, counts.inserted])).toEqual([
      [3, 2],
      [5, 4],
      [3, 3],
    ]);
    expect((await shell.shop())["orders"]).toHaveLength(4);
  });
}

/** What a job knows again, and what it refuses. */
function remembered({ name }: Engine, shell: OrdersShell): void {
  test("--follow-append goes on with the records that have come", async () => {
    await shell.start();
    const first = await shell.load(RECORDS.slice(0, 2), JOB);
    const more = await shell.load(RECORDS, [...JOB, "--follow-append"]);
    const { orders: _, ...levels } = COUNTS;
    expect([first.exit, more.exit, more.counts], more.output).toEqual([
      0,
      0,
      {
        ...levels,
        orders: { inserted: 4, ignored: 1 },
        lines: { inserted: 4, updated: 1 },
      },
    ]);
    expect(more.output).toContain('"resumedAt":2');
  });

  test("a job of other levels, keys or links is refused", async () => {
    await shell.start();
    await stoppedAt(3, async () => await shell.load(ALL, JOB));
    const nests = ["lines:lines", "lines: { table: lines, mode: ignore }"];
    for (const nest of nests) {
      const ran = await shell.load(ALL, [
        ..."--map customer: --job j --commit 2 --extra-fields ignore".split(" "),
        "--nest",
        nest,
      ]);
      expect([ran.exit, ran.output], nest).toEqual([2, expect.stringContaining("JOB_OPTIONS")]);
    }
  });

  test("a table of a level that was emptied or made again is noticed", async () => {
    await shell.start();
    await stoppedAt(3, async () => await shell.load(ALL, JOB));
    await shell.exec("delete from taxes");
    const emptied = await shell.load(ALL, JOB);
    expect([emptied.exit, emptied.output]).toEqual([4, expect.stringContaining("JOB_TABLE")]);
    expect(emptied.output).toMatch(/the table (?:\w+\.)?taxes is not as the job j has left it/);

    await shell.exec("drop table taxes");
    await shell.exec(
      "create table taxes (order_k int not null, n int not null, code varchar(5) not null, amount int, primary key (order_k, n, code), foreign key (order_k, n) references lines (order_k, n))",
    );
    await shell.exec("insert into taxes values (1, 1, 'z', 1)");
    const made = await shell.load(ALL, JOB);
    expect([made.exit, made.output]).toEqual([4, expect.stringContaining("JOB_TABLE")]);
    expect(made.output).toContain("the table of a level is not as the job j has left it");
    const kept = await shell.load(ALL, [...JOB, "--keep-job"]);
    expect([kept.exit, kept.counts], kept.output).toEqual([3, COUNTS]);
  });

  test("a job without a name is forgotten where another load comes to the same", async () => {
    const LINES = ["--map", "customer:", ...SHOP.slice(0, 4), "--commit", "2"];
    for (const [flags, left] of [
      [LINES, "0"],
      [[...LINES, "--set", "note = 'x'"], "1"],
      // A record may bring the id of a customer, which is a second key; not to an identity of SQL Server.
      [[...SHOP, "--commit", "2"], name === "sqlserver" ? "0" : "1"],
    ] as const) {
      await shell.start();
      const ran = await shell.load(RECORDS, flags);
      expect(ran.exit, ran.output).toBe(0);
      expect(await shell.rows("select count(*) from upsurge_checkpoint")).toEqual([[left]]);
    }
  });

  test("a checkpoint with counts of a later version is refused", async () => {
    await shell.start();
    await stoppedAt(3, async () => await shell.load(ALL, JOB));
    await shell.exec(
      `update upsurge_checkpoint set counts = replace(counts, '"dropped"', '"drifted"')`,
    );
    const ran = await shell.load(ALL, JOB);
    expect([ran.exit, ran.output]).toEqual([2, expect.stringContaining("CHECKPOINT_VERSION")]);
  });
}

describe("postgres, when a statement within a level fails for a while", () => {
  const [postgres] = jobEngines().filter(({ name }) => name === "postgres");
  if (postgres === undefined) throw new Error("there is no engine postgres");
  const database = useDatabase(postgres);
  const shell = new OrdersShell(database, "postgres");

  test.each(["40P01", "40001"])("%s: goes on after the last commit", async (code) => {
    await shell.start();
    const faults = failBatches(code, (level) => level === 6 || level === 11, "level-applied");

    const ran = await shell.load(ALL, JOB);

    expect([ran.exit, ran.counts], ran.output).toEqual([3, COUNTS]);
    expect(faults.met).toBe(2);
  });
});
