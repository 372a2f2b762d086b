/** SQL Server, when a record costs the load its transaction: the load starts again without that record, and without it only. */
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { tempDir } from "../helpers/temp-dir.ts";
import { having, runFaulty, tell, useFaultyServer } from "./sqlserver-support.ts";
import type { Rows } from "./sqlserver-support.ts";
import { firstTests } from "../tiers/tiers.ts";

const db = useFaultyServer();

/** Fails in the server, inside of a statement: nothing can tell beforehand. */
const CONVERT = ["--set", "n = convert(int, excluded.txt)"];

/** How often a load has begun to write. */
const tries = (): number => db.requests.filter(having(/sp_getapplock/)).length;

/** Records 1 to `count`, of which those of `bad` do not convert. */
function records(count: number, bad: readonly number[]): string {
  const lines = Array.from({ length: count }, (_, at) => {
    const id = at + 1;
    return `${id},${bad.includes(id) ? "none" : id * 2}\n`;
  });
  return `id,txt\n${lines.join("")}`;
}

/** Adds the rows after `from`, up to the `to`-th. */
async function addRows(from: number, to: number): Promise<void> {
  if (from >= to) return;
  const rows = Array.from({ length: to - from }, (_, at) => `(${from + at + 1}, N'old', 0)`);
  await tell(await db.session(), `INSERT INTO t VALUES ${rows.join(", ")}`);
}

/** The rows that do not hold what a load without the bad records leaves. */
async function wrongRows(count: number, bad: readonly number[]): Promise<Rows> {
  const kept = `id > ${count} OR id IN (${[0, ...bad].join(", ")})`;
  return tell(
    await db.session(),
    `SELECT id, txt, n FROM t WHERE (${kept}) AND (txt <> N'old' OR n <> 0)
OR NOT (${kept}) AND (n <> id * 2 OR txt <> CONVERT(nvarchar(10), id * 2))`,
  );
}

async function changedRows(): Promise<Rows> {
  return tell(await db.session(), "SELECT id FROM t WHERE n <> 0 OR txt <> N'old'");
}

describe("a failed conversion in an expression", () => {
  beforeEach(async () => {
    await tell(
      await db.session(),
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, txt nvarchar(10) NOT NULL, n int)",
    );
    await addRows(0, 12);
  });

  const SIZES = [
    [12, 2, [2, 7, 12]],
    [120, 50, [10, 60, 110]],
    [12, 1, [7]],
    [12, 1, [1, 6, 12]],
    [12, 1000, [3, 4]],
    [1000, 1000, [500]],
  ] as const;

  test.each(firstTests("sizes of batches with records at fault", SIZES))(
    "%i records in batches of %i, bad: %j",
    async (count, size, bad) => {
      await addRows(12, count);
      const flags = [...CONVERT, "-b", String(size), "--max-rejects", "5"];
      const result = await runFaulty(db, { input: records(count, bad), flags });

      const rejected = bad.length;
      expect(result).toMatchObject({
        exit: 3,
        code: null,
        counts: { read: count, updated: count - rejected, rejected },
      });
      expect(result.rejects).toEqual(
        bad.map((record): unknown =>
          expect.objectContaining({ record, code: "ROW_TYPE", dbCode: "245" }),
        ),
      );
      expect(result.rejected).toBe(`id,txt\n${bad.map((id) => `${id},none\n`).join("")}`);
      expect(await wrongRows(count, bad)).toEqual([]);
      // One try for each such record, one for each batch that had one at first, and the last.
      expect(tries()).toBeLessThanOrEqual(2 * rejected + 1);
    },
  );

  test.each([
    ["select-then-write", "values"],
    ["native", "arrays"],
  ])("by %s, %s", async (strategy, rowSource) => {
    const way = ["--strategy", strategy, "--row-source", rowSource, "-b", "5"];
    const flags = [...CONVERT, ...way, "--max-rejects", "5"];
    const result = await runFaulty(db, { input: records(12, [7, 8]), flags });
    expect(result).toMatchObject({ exit: 3, counts: { read: 12, updated: 10, rejected: 2 } });
  });

  test.each([1, 1000])("allows no reject: batches of %i", async (size) => {
    const flags = [...CONVERT, "-b", String(size)];
    const result = await runFaulty(db, { input: records(12, [7]), flags });
    expect(result).toMatchObject({ exit: 4, code: "REJECT_LIMIT" });
    expect(result.where).toContain("in.csv, record 7, line 8");
    expect(result.stderr).toContain("245");
    expect(result.fix).toContain("nothing was kept");
    expect(await changedRows()).toEqual([]);
  });

  test("allows two, and finds three", async () => {
    const flags = [...CONVERT, "-b", "2", "--max-rejects", "2"];
    const result = await runFaulty(db, { input: records(12, [2, 7, 12]), flags });
    expect(result).toMatchObject({ exit: 4, code: "REJECT_LIMIT" });
    expect(result.where).toContain("record 12");
    expect(await changedRows()).toEqual([]);
  });

  test.each([1, 1000])("from standard input cannot start again: batches of %i", async (size) => {
    const flags = [...CONVERT, "-b", String(size), "--max-rejects", "5", "--reject-file"];
    const file = join(tempDir(), "rejected.csv");
    const load = { input: records(12, [7]), stdin: true, flags: [...flags, file] };
    const result = await runFaulty(db, load);
    expect(result).toMatchObject({ exit: 4, code: "TARGET_DOOMED" });
    expect(result.cause).toContain("(245)");
    expect(result.fix).toContain("load a file instead of a stream");
    expect(tries()).toBe(1);
    expect(await changedRows()).toEqual([]);
  });

  test("does not wait for retries that are turned off", async () => {
    const flags = [...CONVERT, "-b", "2", "--max-rejects", "5", "--retry-timeout", "0s"];
    const result = await runFaulty(db, { input: records(12, [7]), flags });
    expect(result).toMatchObject({ exit: 3, counts: { read: 12, updated: 11, rejected: 1 } });
  });
});

describe("a trigger that throws", () => {
  beforeEach(async () => {
    await tell(
      await db.session(),
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, qty int)",
      "INSERT INTO t VALUES (2, 1)",
      "create trigger a on t after insert as begin if exists (select 1 from inserted where qty < 0) throw 50001, N'no', 1; end",
    );
  });

  const INPUT = "id,qty\n1,5\n2,-6\n3,-7\n4,8\n5,-9\n6,10\n";

  test.each([
    ["native", 1],
    ["native", 4],
    ["select-then-write", 1000],
  ])(
    "rejects the rows it does not want, and no others: %s, batches of %i",
    async (strategy, size) => {
      const flags = ["--strategy", strategy, "-b", String(size), "--max-rejects", "5"];
      const result = await runFaulty(db, { input: INPUT, flags });
      const counts = { read: 6, inserted: 3, updated: 1, rejected: 2 };
      expect(result).toMatchObject({ exit: 3, counts });
      expect(result.rejects).toEqual(
        [3, 5].map((record): unknown =>
          expect.objectContaining({ record, code: "ROW_REFUSED", dbCode: "50001", message: "no" }),
        ),
      );
      const rows = await tell(await db.session(), "SELECT id, qty FROM t ORDER BY id");
      expect(rows).toEqual([
        ["1", "5"],
        ["2", "-6"],
        ["4", "8"],
        ["6", "10"],
      ]);
    },
  );

  test("ends a load that allows no reject", async () => {
    const result = await runFaulty(db, { input: INPUT });
    expect(result).toMatchObject({ exit: 4, code: "REJECT_LIMIT" });
    expect(result.where).toContain("in.csv, record 3, line 4");
    expect(await tell(await db.session(), "SELECT id, qty FROM t")).toEqual([["2", "1"]]);
  });
});

describe("columns that are set after the last record", () => {
  beforeEach(async () => {
    await tell(
      await db.session(),
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, txt nvarchar(10), n int, qty int)",
      "INSERT INTO t VALUES (2, N'1', 1, 1), (7, N'1', 1, 1)",
      "create trigger a on t after update as begin if exists (select 1 from inserted where qty < 0) throw 50001, N'no', 1; end",
    );
  });

  const INPUT = "id,txt,qty\n1,5,4\n2,none,6\n7,9,8\n4,8,2\n";
  const FLAGS = [...CONVERT, "--late", "qty", "-b", "2"];

  test("are set though a record has cost the load its transaction before", async () => {
    const flags = [...FLAGS, "--max-rejects", "1"];
    const result = await runFaulty(db, { input: INPUT, flags });
    const counts = { read: 4, inserted: 2, updated: 1, rejected: 1 };
    expect(result, result.stderr).toMatchObject({ exit: 3, counts });
    expect(await tell(await db.session(), "SELECT id, qty FROM t ORDER BY id")).toEqual([
      ["1", "4"],
      ["2", "1"],
      ["4", "2"],
      ["7", "8"],
    ]);
  });

  test("end the load, and name the record, where one of them costs it the transaction", async () => {
    const input = INPUT.replace("none,6", "3,-6");
    const result = await runFaulty(db, { input, flags: FLAGS });
    expect(result, result.stderr).toMatchObject({ exit: 4, code: "LATE_VALUE" });
    expect(result.where).toContain("in.csv, record 2, line 3");
    expect(await tell(await db.session(), "SELECT id, qty FROM t ORDER BY id")).toEqual([
      ["2", "1"],
      ["7", "1"],
    ]);
  });
});
