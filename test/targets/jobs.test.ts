/** A job run again: it goes on where it stopped, a finished one is left alone, and a source that has changed is refused. */
import { describe, expect, test } from "vitest";
import { jobEngines, useDatabase } from "../helpers/engines.ts";
import { HEADER, JobShell, lines } from "../helpers/job-shell.ts";

const FOUR = lines([1, 10], [2, 20], [3, 30], [4, 40]);
const BAD = "5,77,77\n";
const LAST = lines([1, 60]);

describe.each(jobEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const open = (): Promise<JobShell> => JobShell.open(engine, database);

  changes(open);

  test("goes on behind what is committed, once the record is corrected", async () => {
    const shell = await open();
    shell.write("in.csv", HEADER + FOUR + BAD + LAST);
    const stopped = await shell.load("in.csv --job j");
    expect([stopped.exit, stopped.code]).toEqual([4, "REJECT_LIMIT"]);
    expect(stopped.report).toMatchObject({
      status: "failed",
      guarantee: "exactly-once",
      counts: { read: 4, inserted: 4 },
      job: { name: "j", resumedAt: 0, alreadyLoadedAt: null, skipped: false },
    });
    expect(stopped.fix).toContain("4 records are committed and stay");
    expect(await shell.table()).toEqual(["1:10", "2:20", "3:30", "4:40"]);

    shell.write("in.csv", `${HEADER}${FOUR}5,50,50\n${LAST}`);
    const went = await shell.load("in.csv --job j");
    expect([went.exit, went.report.status], went.stderr).toEqual([0, "ok"]);
    expect(went.report).toMatchObject({
      counts: { read: 6, inserted: 5, updated: 1 },
      job: { resumedAt: 4, alreadyLoadedAt: null },
    });
    expect(await shell.table()).toEqual(["1:10,60", "2:20", "3:30", "4:40", "5:50"]);
  });

  test("goes on among lines that have other fields than those before them", async () => {
    const shell = await open();
    const good = [1, 2, 3, 4, 5, 6, 7, 8].map((id) =>
      id % 2 === 0
        ? `{"id":${id},"n":${id},"hist":"${id}"}`
        : `{"n":${id},"hist":"${id}","id":${id}}`,
    );
    const text = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("");
    shell.write("in.ndjson", text(good.with(6, '{"id":7')));
    const stopped = await shell.load("in.ndjson --job j");
    expect([stopped.exit, stopped.report.counts.read], stopped.stderr).toEqual([4, 6]);

    shell.write("in.ndjson", text(good));
    const again = await shell.load("in.ndjson --job j");
    expect([again.exit, again.report.job?.resumedAt], again.stderr).toEqual([0, 6]);
    expect(again.report.counts.read).toBe(8);
    expect(await shell.table()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((id) => `${id}:${id}`));
  });

  test("leaves a finished one alone", async () => {
    const shell = await open();
    shell.write("in.csv", HEADER + FOUR + LAST);
    expect((await shell.load("in.csv --job j")).exit).toBe(0);
    const before = await shell.image();
    for (const _ of [1, 2]) {
      const again = await shell.load("in.csv --job j");
      expect([again.exit, again.report.status], again.stderr).toEqual([0, "ok"]);
      expect(again.report).toMatchObject({
        counts: { read: 0, inserted: 0, updated: 0 },
        job: { resumedAt: 5, skipped: false, earlier: { read: 5, inserted: 4, updated: 1 } },
        rowsPerSecond: 0,
      });
      expect(again.report.job?.alreadyLoadedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(await shell.image()).toEqual(before);
    }
    const { stdout } = await shell.run(
      ["in.csv", "--to", database.url, "--table", "t", "--job", "j", "--commit", "2"].concat(
        shell.flags,
      ),
    );
    expect(stdout).toMatch(
      /^already loaded, nothing was read: the job j has loaded 5 records into (?:\w+\.)?t, at \S+Z; --reset-job loads everything again\nguarantee/,
    );
  });

  test("with rejects ends with 3 again, and names the same files", async () => {
    const shell = await open();
    shell.write("in.csv", HEADER + FOUR + BAD + LAST);
    const first = await shell.load("in.csv --job j --max-rejects 5");
    expect([first.exit, first.report.status]).toEqual([3, "rejects"]);
    const files = [shell.read("in.csv.rejects.csv"), shell.read("in.csv.rejects.csv.jsonl")];
    const before = await shell.image();
    const again = await shell.load("in.csv --job j --max-rejects 5");
    expect([again.exit, again.report.status]).toEqual([3, "rejects"]);
    expect(again.report.job?.earlier).toEqual(first.report.counts);
    expect(again.report.counts).toMatchObject({ read: 0, rejected: 0 });
    expect(again.report.rejectFile).toMatch(/\/in\.csv\.rejects\.csv$/);
    expect(again.report.rejectReport).toMatch(/\/in\.csv\.rejects\.csv\.jsonl$/);
    expect([shell.read("in.csv.rejects.csv"), shell.read("in.csv.rejects.csv.jsonl")]).toEqual(
      files,
    );
    expect(await shell.image()).toEqual(before);
  });
});

/** A source that has changed, and ways to start over. */
function changes(open: () => Promise<JobShell>): void {
  const CHANGES: readonly (readonly [string, string, RegExp])[] = [
    ["edited", HEADER + lines([1, 11], [2, 20], [3, 30], [4, 40]) + LAST, /SHA-256/],
    ["with another header", HEADER.replace("n,", "n ,") + FOUR + LAST, /SHA-256|field|column/],
    ["truncated", HEADER + lines([1, 10], [2, 20]), /it ends after \d+ bytes, and \d+ of it/],
    ["replaced", HEADER + lines([11, 1], [12, 2], [13, 3], [14, 4], [15, 5], [16, 6]), /SHA-256/],
    ["emptied", HEADER, /it ends after/],
  ];

  describe.each([
    ["running", HEADER + FOUR + BAD + LAST, 4],
    ["finished", HEADER + FOUR + LAST, 0],
  ] as const)("a %s one", (_, input, exit) => {
    test.each(CHANGES)(
      "refuses a source that was %s, and writes nothing",
      async (_how, to, why) => {
        const shell = await open();
        shell.write("in.csv", input);
        expect((await shell.load("in.csv --job j")).exit).toBe(exit);
        const before = await shell.table();
        shell.write("in.csv", to);
        const refused = await shell.load("in.csv --job j");
        if (refused.code?.startsWith("PLAN_") === true) expect(refused.exit).toBe(2);
        else expect([refused.exit, refused.code]).toEqual([4, "SOURCE_CHANGED"]);
        expect(refused.cause).toMatch(why);
        expect(refused.fix).not.toContain("the same command goes on");
        const hashes = refused.cause.match(/[0-9a-f]{64}/g) ?? [];
        expect(new Set(hashes).size).toBe(refused.cause.includes("SHA-256") ? 2 : 0);
        expect(await shell.table()).toEqual(before);
        // What was there comes back, and the job is as it was.
        shell.write("in.csv", HEADER + FOUR + LAST);
        const back = await shell.load("in.csv --job j");
        const { counts, job } = back.report;
        const read = counts.read === 0 ? job?.earlier.read : counts.read;
        expect([back.exit, read], back.stderr).toEqual([0, 5]);
      },
    );
  });

  test("takes what was edited after the place, and what was added while it runs", async () => {
    const shell = await open();
    shell.write("in.csv", HEADER + FOUR + BAD);
    expect((await shell.load("in.csv --job j")).exit).toBe(4);
    shell.write("in.csv", HEADER + FOUR + lines([6, 60], [7, 70]) + BAD);
    const second = await shell.load("in.csv --job j");
    expect([second.exit, second.report.counts.read]).toEqual([4, 6]);
    shell.write("in.csv", HEADER + FOUR + lines([6, 60], [7, 70], [8, 80], [1, 90]));
    const third = await shell.load("in.csv --job j");
    expect([third.exit, third.report.counts.read], third.stderr).toEqual([0, 8]);
    expect(await shell.table()).toEqual([
      "1:10,90",
      "2:20",
      "3:30",
      "4:40",
      "6:60",
      "7:70",
      "8:80",
    ]);
  });

  test("starts over with --reset-job", async () => {
    const shell = await open();
    shell.write("in.csv", HEADER + FOUR);
    expect((await shell.load("in.csv --job j")).exit).toBe(0);
    shell.write("in.csv", HEADER + lines([1, 11], [5, 50]));
    expect((await shell.load("in.csv --job j")).code).toBe("SOURCE_CHANGED");
    const over = await shell.load("in.csv --job j --reset-job");
    expect([over.exit, over.report.job?.resumedAt], over.stderr).toEqual([0, 0]);
    expect(over.report.counts).toMatchObject({ read: 2, inserted: 1, updated: 1 });
    expect(await shell.table()).toEqual(["1:10,11", "2:20", "3:30", "4:40", "5:50"]);
    expect((await shell.load("in.csv --job j")).report.job?.alreadyLoadedAt).not.toBeNull();
  });

  test("as one transaction is all or nothing, and known", async () => {
    const shell = await open();
    shell.write("in.csv", HEADER + FOUR + BAD);
    const stopped = await shell.load("in.csv --job j --commit end");
    expect([stopped.exit, stopped.report.guarantee]).toEqual([4, "exactly-once"]);
    expect(await shell.table()).toEqual([]);
    shell.write("in.csv", HEADER + LAST + FOUR);
    // Nothing of it was committed: it may be any source.
    const went = await shell.load("in.csv --job j --commit end");
    expect([went.exit, went.report.counts.read], went.stderr).toEqual([0, 5]);
    const before = await shell.image();
    const again = await shell.load("in.csv --job j --commit end");
    expect([again.exit, again.report.job?.resumedAt]).toEqual([0, 5]);
    expect(await shell.image()).toEqual(before);
  });
}
