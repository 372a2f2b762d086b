/** A job over several sources: each is loaded once, whatever it is called, and one that was begun must be there. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { SourceSet } from "../../src/sources/source-set.ts";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { HEADER, JobShell, lines } from "../helpers/job-shell.ts";

const A = HEADER + lines([1, 10], [2, 20], [3, 30]);
const B = HEADER + lines([4, 40], [1, 50], [5, 50]);
const C = HEADER + lines([6, 60], [1, 70]);

afterEach(() => onFailPoint(null));

/** A load that stops at its n-th commit, once the database has committed. */
async function stopped(shell: JobShell, command: string, nth: number): Promise<void> {
  let commits = 0;
  onFailPoint((point) => {
    if (point === "committed" && (commits += 1) === nth) throw new Error("stopped");
  });
  expect((await shell.load(command)).exit).toBe(1);
  onFailPoint(null);
}

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const open = (): Promise<JobShell> => JobShell.open(engine, database);

  sourcesAgain(open);
  limitedSources(open);

  test("a compressed source is read through before a part of it is loaded, and not again once it is", async () => {
    const verified = vi.spyOn(SourceSet.prototype, "verify");
    onTestFinished(() => verified.mockRestore());
    const shell = await open();
    shell.write("a.csv.gz", gzipSync(A));
    const first = await shell.load("a.csv.gz --job j");
    const again = await shell.load("a.csv.gz --job j");

    expect([first.exit, again.exit, again.report.counts.read]).toEqual([0, 0, 0]);
    expect(verified).toHaveBeenCalledTimes(1);
  });

  test("a glob that has gained a file loads only that one", async () => {
    const shell = await open();
    shell.write("in-1.csv", A);
    shell.write("in-2.csv", B);
    const first = await shell.load("in-*.csv --job j");
    expect([first.exit, first.report.counts.read], first.stderr).toEqual([0, 6]);
    shell.write("in-0.csv", C);
    const second = await shell.load("in-*.csv --job j");
    expect([second.exit, second.report.job?.resumedAt], second.stderr).toEqual([0, 6]);
    expect(second.report.counts.read).toBe(8);
    const TABLE = ["1:10,50,70", "2:20", "3:30", "4:40", "5:50", "6:60"];
    expect(await shell.table()).toEqual(TABLE);
    const done = await shell.image();
    const third = await shell.load("in-*.csv --job j");
    expect([third.exit, third.report.job?.resumedAt]).toEqual([0, 8]);
    expect(await shell.image()).toEqual(done);
  });

  test("without a name, the same command is the same job", async () => {
    const shell = await open();
    shell.write("in-1.csv", A);
    expect((await shell.load("in-*.csv")).exit).toBe(0);
    shell.write("in-2.csv", B);
    const again = await shell.load("in-*.csv");
    expect(again.report.job).toMatchObject({ name: /^auto-/, resumedAt: 3 });
    expect(await shell.table()).toEqual(["1:10,50", "2:20", "3:30", "4:40", "5:50"]);
  });

  test("files that were moved and renamed are known by what is in them", async () => {
    const shell = await open();
    shell.write("a.csv", A);
    shell.write("b.csv", B);
    expect((await shell.load("a.csv b.csv --job j")).exit).toBe(0);
    const before = await shell.table();
    mkdirSync(join(shell.folder, "done"));
    shell.move("a.csv", "done/x.csv");
    shell.move("b.csv", "done/y.csv");
    for (const command of ["done/x.csv done/y.csv", "done/y.csv done/x.csv", "done/y.csv"]) {
      const again = await shell.load(`${command} --job j`);
      expect([again.exit, again.report.job?.resumedAt], again.stderr).toEqual([0, 6]);
      expect(again.report.job?.alreadyLoadedAt).not.toBeNull();
    }
    shell.write("c.csv", C);
    const more = await shell.load("done/x.csv c.csv done/y.csv --job j");
    expect([more.exit, more.report.counts.read], more.stderr).toEqual([0, 8]);
    expect(await shell.table()).not.toEqual(before);
  });

  test("two files with the same records are both loaded, and neither of them again", async () => {
    const shell = await open();
    shell.write("a.csv", A);
    shell.write("b.csv", A);
    const first = await shell.load("a.csv b.csv --job j");
    expect([first.exit, first.report.counts.read], first.stderr).toEqual([0, 6]);
    const TWICE = ["1:10,10", "2:20,20", "3:30,30"];
    expect(await shell.table()).toEqual(TWICE);
    for (const command of ["a.csv b.csv", "b.csv a.csv", "a.csv", "b.csv"]) {
      expect((await shell.load(`${command} --job j`)).report.job?.resumedAt).toBe(6);
    }
    // Renamed as well, which is which does not matter.
    shell.move("a.csv", "c.csv");
    expect((await shell.load("b.csv c.csv --job j")).report.job?.resumedAt).toBe(6);
    expect(await shell.table()).toEqual(TWICE);
    shell.write("d.csv", A);
    const third = await shell.load("b.csv c.csv d.csv --job j");
    expect(third.report.counts.read, "a third of the same is new").toBe(9);
  });
});

/** Sources that were begun, or are done, and come again. */
function sourcesAgain(open: () => Promise<JobShell>): void {
  test.each([1, 2, 3, 4, 5, 6, 7])("goes on after its commit number %i", async (nth) => {
    const shell = await open();
    shell.write("a.csv", A);
    shell.write("b.csv", B);
    shell.write("c.csv", C);
    const command = "a.csv b.csv c.csv --job j --commit 1";
    await stopped(shell, command, nth);
    const went = await shell.load(command);
    expect([went.exit, went.report.job?.resumedAt], went.stderr).toEqual([0, nth]);
    expect(went.report.counts).toMatchObject({ read: 8, inserted: 6, updated: 2 });
    expect(await shell.table()).toEqual(["1:10,50,70", "2:20", "3:30", "4:40", "5:50", "6:60"]);
  });

  test("a source that was begun goes first, and may have been renamed, but must be there", async () => {
    const shell = await open();
    shell.write("a.csv", A);
    shell.write("b.csv", B);
    shell.write("c.csv", C);
    await stopped(shell, "a.csv b.csv --job j --commit 1", 4);
    for (const command of ["a.csv --job j", "a.csv c.csv --job j", "c.csv --job j"]) {
      const before = await shell.table();
      const lost = await shell.load(command);
      expect([lost.exit, lost.code], lost.stderr).toEqual([2, "JOB_SOURCES"]);
      expect(lost.cause).toMatch(/it stopped in \S*\/b\.csv, after 1 records?, which is not among/);
      expect(await shell.table()).toEqual(before);
    }
    shell.move("b.csv", "z.csv");
    const went = await shell.load("c.csv a.csv z.csv --job j");
    expect([went.exit, went.report.counts.read], went.stderr).toEqual([0, 8]);
    // The rest of what was begun comes before what is new.
    expect(await shell.table()).toEqual(["1:10,50,70", "2:20", "3:30", "4:40", "5:50", "6:60"]);
  });

  test("a change in one that is done is refused, before anything new is written", async () => {
    const shell = await open();
    shell.write("a.csv", A);
    shell.write("b.csv", B);
    expect((await shell.load("a.csv b.csv --job j")).exit).toBe(0);
    const before = await shell.table();
    shell.write("a.csv", HEADER + lines([1, 11], [2, 20], [3, 30]));
    shell.write("c.csv", C);
    const refused = await shell.load("c.csv a.csv b.csv --job j");
    expect([refused.exit, refused.code]).toEqual([4, "SOURCE_CHANGED"]);
    expect(await shell.table()).toEqual(before);
  });

  test("each of several may grow", async () => {
    const shell = await open();
    shell.write("a.csv", A);
    shell.write("b.csv", B);
    expect((await shell.load("a.csv b.csv --job j")).exit).toBe(0);
    shell.write("b.csv", B + lines([1, 80]));
    shell.write("a.csv", A + lines([1, 90], [7, 70]));
    expect((await shell.load("a.csv b.csv --job j")).code).toBe("SOURCE_CHANGED");
    const grown = await shell.load("a.csv b.csv --job j --follow-append");
    expect([grown.exit, grown.report.counts.read], grown.stderr).toEqual([0, 9]);
    expect((await shell.table())[0]).toBe("1:10,50,90,80");
  });

  test("standard input among several", async () => {
    const shell = await open();
    shell.write("a.csv", A);
    const first = await shell.load("a.csv - --job j", [], B);
    expect([first.exit, first.report.counts.read], first.stderr).toEqual([0, 6]);
    const again = await shell.load("a.csv - --job j", [], B);
    expect([again.exit, again.report.job?.resumedAt], again.stderr).toEqual([0, 6]);
    expect((await shell.load("a.csv - --job j", [], C)).code).toBe("SOURCE_CHANGED");
    const grown = await shell.load("a.csv - --job j --follow-append", [], B + lines([1, 80]));
    expect([grown.exit, grown.report.counts.read], grown.stderr).toEqual([0, 7]);
    expect((await shell.table())[0]).toBe("1:10,50,80");
    // As a new source it cannot be compared with what is known, and be loaded after that.
    await shell.load("a.csv --job k");
    shell.move("a.csv", "b.csv");
    const stream = await shell.load("- b.csv --job k", [], B);
    expect([stream.exit, stream.code]).toEqual([2, "JOB_SOURCES"]);
    expect(stream.cause).toContain("a stream, which can be read once only");
  });
}

/** Sources that `--limit` ends, or that end before it. */
function limitedSources(open: () => Promise<JobShell>): void {
  test("renamed files of which --limit leaves most are known by what was loaded of them", async () => {
    const shell = await open();
    const command = async (files: string): ReturnType<JobShell["load"]> =>
      await shell.load(`${files} --job j --limit 2`);
    shell.write("a.csv", A);
    shell.write("b.csv", B);
    const first = await command("a.csv b.csv");
    expect([first.exit, first.report.counts.read], first.stderr).toEqual([0, 4]);
    const before = await shell.table();
    shell.move("a.csv", "x.csv");
    shell.move("b.csv", "y.csv");
    // What comes after the limit is none of the job's.
    shell.write("x.csv", A.replace("3,30,30", "9,99,99"));
    for (const files of ["x.csv y.csv", "y.csv x.csv", "y.csv"]) {
      const again = await command(files);
      expect([again.exit, again.report.job?.resumedAt], again.stderr).toEqual([0, 4]);
      expect(again.report.job?.alreadyLoadedAt).not.toBeNull();
    }
    expect(await shell.table()).toEqual(before);
  });

  test("a source that ended before --limit has, under another name, ended where its file did", async () => {
    const shell = await open();
    shell.write("a.csv", `${A}\n\n`);
    shell.write("b.csv", B);
    expect((await shell.load("a.csv b.csv --job j --limit 9")).exit).toBe(0);
    const before = await shell.table();
    shell.move("a.csv", "x.csv");
    const again = await shell.load("x.csv b.csv --job j --limit 9");
    expect([again.exit, again.report.job?.alreadyLoadedAt]).toEqual([0, expect.any(String)]);
    expect(await shell.table()).toEqual(before);
  });
}
