/** A quote that is not closed stops a load, however many rejects are allowed; what it prints to go on does what it says. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { HEADER, JobShell, lines } from "../helpers/job-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const good = (from: number, to: number): string =>
  lines(...Array.from({ length: to - from + 1 }, (_, at) => [from + at, from + at] as const));
const OPEN = `${HEADER}${good(1, 19)}20,20,"20\n${good(21, 60)}`;
const QUOTED = '20:"20';

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const open = (): Promise<JobShell> => JobShell.open(engine, database);

  test.each(["10", "50%"])("--max-rejects %s does not pass it", async (limit) => {
    const shell = await open();
    shell.write("in.csv", OPEN);
    const args = ["in.csv", "--key", "id", "--max-rejects", limit];
    const stopped = await shell.bare(args);
    expect([stopped.exit, stopped.code], stopped.stderr).toEqual([4, "SOURCE_QUOTE"]);
    expect(stopped.cause).toContain("opens in line 21 is not closed");
    expect(stopped.cause).toContain("41 lines, ");
    expect(stopped.report.error?.where).toBe("in.csv, line 21");
    expect(await shell.table()).toEqual([]);
    expect(shell.read("in.csv.rejects.csv")).toBeNull();
    expect(stopped.fix).toContain("--quote ''");
    const unquoted = await shell.bare([...args, "--quote", ""]);
    expect(unquoted.report.counts, unquoted.stderr).toMatchObject({ read: 60, inserted: 60 });
    expect(await shell.table()).toContain(QUOTED);
  });

  test("what a job has committed stays, and it goes on once the quote is closed", async () => {
    const shell = await open();
    shell.write("in.csv", OPEN);
    const stopped = await shell.load("in.csv --job j --commit 5 --batch-rows 5 --max-rejects 3");
    expect([stopped.exit, stopped.code], stopped.stderr).toEqual([4, "SOURCE_QUOTE"]);
    const { read } = stopped.report.counts;
    expect(read).toBeGreaterThan(0);
    // A job that has begun takes no other --quote.
    expect(stopped.fix).toBe(
      `close the quote in the source, or double it where it is data; ${read} records are committed and stay: the same command goes on from there`,
    );
    shell.write("in.csv", OPEN.replace('"', ""));
    const went = await shell.load("in.csv --job j --commit 5 --batch-rows 5 --max-rejects 3");
    expect([went.exit, went.report.job?.resumedAt], went.stderr).toEqual([0, read]);
    expect(await shell.table()).toHaveLength(60);
  });

  test("a job that has committed nothing starts over with the flags that are printed", async () => {
    const shell = await open();
    shell.write("in.csv", OPEN);
    const stopped = await shell.load("in.csv --job j --commit 1000");
    expect([stopped.exit, stopped.code]).toEqual([4, "SOURCE_QUOTE"]);
    expect(stopped.fix).toContain("pass --quote '' --reset-job if");
    const went = await shell.load("in.csv --job j --commit 1000 --reset-job", ["--quote", ""]);
    expect([went.exit, went.report.counts.read], went.stderr).toEqual([0, 60]);
    expect(await shell.table()).toContain(QUOTED);
  });

  test("a job goes on with a higher --max-record-lines, as printed", async () => {
    const shell = await open();
    const long = `"${"9\n".repeat(30)}"`;
    shell.write("in.csv", `${HEADER}${good(1, 9)}10,10,${long}\n${good(11, 12)}`);
    const stopped = await shell.load("in.csv --job j --batch-rows 2 --max-record-lines 30");
    expect([stopped.exit, stopped.code], stopped.stderr).toEqual([4, "SOURCE_QUOTE"]);
    const went = await shell.load("in.csv --job j --batch-rows 2 --max-record-lines 31");
    expect([went.exit, went.report.counts.read], went.stderr).toEqual([0, 12]);
  });

  test("the first of several sources is not kept for the second", async () => {
    const shell = await open();
    shell.write("a.csv", HEADER + good(101, 103));
    shell.write("b.csv", OPEN);
    const stopped = await shell.bare(["a.csv", "b.csv", "--key", "id", "--max-rejects", "9"]);
    expect([stopped.exit, stopped.report.error?.where]).toEqual([4, "b.csv, line 21"]);
    expect(await shell.table()).toEqual([]);
  });
});

test("inspect describes what stands before it", async () => {
  const cwd = tempDir();
  writeFileSync(join(cwd, "in.csv"), OPEN);
  const { exitCode, stdout, stderr } = await runUpsurge(["inspect", "in.csv"], { cwd });
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain("the first 19 records");
  expect(stdout).toMatch(/line 21 +SOURCE_QUOTE +the quote that opens in line 21 is not closed/);
});
