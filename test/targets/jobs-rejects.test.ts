/** The rejects of a job: each is in the reject file exactly once, however often the job stopped and went on. */
import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import type { FailPoint } from "../../src/testing/fail-point.ts";
import { sharedEngines, useDatabase } from "../helpers/engines.ts";
import { HEADER, JobShell, lines } from "../helpers/job-shell.ts";

/** Records 2, 5, 6 and 8 are bad; the second of them is for the database to find. */
const INPUT =
  HEADER +
  [
    "1,10,10",
    "2,20,20,x",
    "3,30,30",
    "4,40,40",
    "5,77,77",
    "6,60,60,y",
    "7,70,70",
    "8,77,77",
    "1,90,90",
  ]
    .map((line) => `${line}\n`)
    .join("");
const REJECTED = `${HEADER}2,20,20,x\n5,77,77\n6,60,60,y\n8,77,77\n`;
const TABLE = ["1:10,90", "3:30", "4:40", "7:70"];

afterEach(() => onFailPoint(null));

/** The record numbers in a report of rejects. */
function reported(shell: JobShell, name = "in.csv.rejects.csv.jsonl"): number[] {
  const text = shell.read(name) ?? "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { record: number }).record);
}

function expectAll(shell: JobShell): void {
  expect(shell.read("in.csv.rejects.csv")).toBe(REJECTED);
  expect(reported(shell)).toEqual([2, 5, 6, 8]);
}

describe.each(sharedEngines())("$title", (engine) => {
  const database = useDatabase(engine);
  const open = async (input = INPUT): Promise<JobShell> => {
    const shell = await JobShell.open(engine, database);
    shell.write("in.csv", input);
    return shell;
  };

  rejectFiles(open);
  severalSources(open);

  test("the limit counts over all runs", async () => {
    const shell = await open();
    for (const [limit, read] of [
      ["1", 4],
      ["1", 4],
      ["2", 5],
      ["3", 7],
      ["3", 7],
    ] as const) {
      const stopped = await shell.load(`in.csv --job j --commit 1 --max-rejects ${limit}`);
      expect([stopped.exit, stopped.code, stopped.report.counts.read]).toEqual([
        4,
        "REJECT_LIMIT",
        read,
      ]);
    }
    const went = await shell.load("in.csv --job j --commit 1 --max-rejects 4");
    expect([went.exit, went.report.counts.rejected], went.stderr).toEqual([3, 4]);
    expectAll(shell);
    expect(await shell.table()).toEqual(TABLE);
  });

  test("a share of rejects is of all records of one run", async () => {
    const shell = await open();
    const share = await shell.load("in.csv --job j --max-rejects 30% --commit end");
    expect([share.exit, share.code]).toEqual([4, "REJECT_LIMIT"]);
    expect((await shell.load("in.csv --job j --max-rejects 50% --commit end")).exit).toBe(3);
    expectAll(shell);
  });

  test("a share of rejects counts over all runs, also where the last of them has met none", async () => {
    const good = Array.from({ length: 6 }, (_, at) => `${at + 5},0,0\n`);
    const shell = await open(`${HEADER}1,1,1,x\n2,2,2,x\n3,3,3,x\n4,4,4,x\n${good.join("")}`);
    let commits = 0;
    onFailPoint((point) => {
      if (point === "committed" && (commits += 1) === 3) throw new Error("stopped");
    });
    expect((await shell.load("in.csv --job j --max-rejects 30%")).exit).toBe(1);
    onFailPoint(null);

    for (const limit of ["30%", "39.9%"]) {
      const over = await shell.load(`in.csv --job j --max-rejects ${limit}`);
      expect([over.exit, over.code], over.stderr).toEqual([4, "REJECT_LIMIT"]);
      expect(over.report.error?.message).toBe(
        "earlier runs of the job have rejected too many records",
      );
      expect(over.cause).toBe(`4 records were rejected, and --max-rejects is ${limit}`);
    }
    const went = await shell.load("in.csv --job j --max-rejects 40%");
    expect([went.exit, went.report.counts.rejected], went.stderr).toEqual([3, 4]);
    expect(reported(shell)).toEqual([1, 2, 3, 4]);
  });

  const POINTS: readonly FailPoint[] = [
    "reject-open",
    "reject-write",
    "reject-written",
    "reject-synced",
    "moved",
    "commit",
    "committed",
  ];
  test.each(POINTS)("stopped again and again at %s", async (at) => {
    const shell = await open();
    const command = "in.csv --job j --max-rejects 9";
    for (let nth = 1; ; nth += 1) {
      let seen = 0;
      onFailPoint((point) => {
        if (point === at && (seen += 1) === Math.min(nth, 2)) throw new Error("stopped");
      });
      const ran = await shell.load(command);
      onFailPoint(null);
      if (ran.exit === 3) break;
      expect(ran.exit, ran.stderr).toBe(1);
      if (nth > 12 || at.startsWith("reject-w") || at === "reject-open") {
        expect((await shell.load(command)).exit).toBe(3);
        break;
      }
    }
    expectAll(shell);
    expect(await shell.table()).toEqual(TABLE);
  });
});

/** Rejects of several sources in one file. */
function severalSources(open: (input?: string) => Promise<JobShell>): void {
  test("a source without a line end at its end is followed by another run's reject on a line of its own", async () => {
    const shell = await open(`${HEADER}1,10,10\n4,77,4`);
    shell.write("more.csv", `${HEADER}5,77,5\n6,77,6`);
    const load = async (most: number) =>
      await shell.load(`in.csv more.csv --job j --commit 1 --max-rejects ${most}`);

    expect((await load(1)).code).toBe("REJECT_LIMIT");
    expect(shell.read("in.csv.rejects.csv")?.startsWith(`${HEADER}4,77,4`)).toBe(true);
    expect((await load(3)).exit).toBe(3);
    expect(shell.read("in.csv.rejects.csv")).toBe(`${HEADER}4,77,4\n5,77,5\n6,77,6`);
  });

  test.each(["UTF-16LE", "UTF-16BE"])(
    "the line end between two rejects is one of their encoding: %s",
    async (encoding) => {
      const bytes = (text: string): Buffer => {
        const little = Buffer.from(`\uFEFF${text}`, "utf16le");
        return encoding === "UTF-16LE" ? little : little.swap16();
      };
      // A letter of which one byte is that of a line feed.
      const shell = await open();
      shell.write("in.csv", bytes(`${HEADER}1,10,10\n4,77,\u0A05`));
      shell.write("more.csv", bytes(`${HEADER}5,77,\u050A\n6,77,\u050A`));
      const load = async (most: number) =>
        await shell.load(`in.csv more.csv --job j --commit 1 --max-rejects ${most}`);

      expect((await load(1)).code).toBe("REJECT_LIMIT");
      expect((await load(3)).exit).toBe(3);
      expect(readFileSync(join(shell.folder, "in.csv.rejects.csv"))).toEqual(
        bytes(`${HEADER}4,77,\u0A05\n5,77,\u050A\n6,77,\u050A`),
      );
    },
  );

  test("rejects of two sources in one batch come in the order of the sources, whoever found them", async () => {
    const shell = await open(`${HEADER}1,10,10\n2,20,20,x\n3,77,3\n`);
    shell.write("more.csv", `${HEADER}4,77,4\n5,50,50\n6,60,60,y\n`);

    expect((await shell.load("in.csv more.csv --commit end --max-rejects 9")).exit).toBe(3);
    expect(shell.read("in.csv.rejects.csv")).toBe(
      `${HEADER}2,20,20,x\n3,77,3\n4,77,4\n6,60,60,y\n`,
    );
    expect(reported(shell)).toEqual([2, 3, 1, 3]);
  });
}

/** The files of rejects, between runs and after the last. */
function rejectFiles(open: (input?: string) => Promise<JobShell>): void {
  test.each(["in.csv.rejects.csv", "in.csv.rejects.csv.jsonl"])(
    "%s that is somebody else's is refused before anything is written",
    async (name) => {
      const shell = await open();
      shell.write(name, "mine\n");
      const refused = await shell.load("in.csv --job j --max-rejects 9");
      expect([refused.exit, refused.code]).toEqual([6, "REJECT_FILE"]);
      expect(await shell.table()).toEqual([]);
      expect((await shell.jobs()).stdout).toContain("has no jobs");
      expect(shell.read(name)).toBe("mine\n");
      shell.remove(name);
      expect((await shell.load("in.csv --job j --max-rejects 9")).exit).toBe(3);
      expectAll(shell);
    },
  );

  test.each([
    ["the file", "in.csv.rejects.csv"],
    ["the report", "in.csv.rejects.csv.jsonl"],
  ])("%s, shortened or gone, is missed", async (_, name) => {
    const shell = await open();
    expect((await shell.load("in.csv --job j --max-rejects 2")).exit).toBe(4);
    const kept = shell.read(name) ?? "";
    const before = await shell.table();
    truncateSync(join(shell.folder, name), 12);
    const short = await shell.load("in.csv --job j --max-rejects 9");
    expect([short.exit, short.code]).toEqual([6, "REJECT_FILE"]);
    expect(short.cause).toContain("rejects are missing");
    expect(short.fix).toMatch(/put the file back as .* or remove .* with --reset-job/);
    shell.remove(name);
    const gone = await shell.load("in.csv --job j --max-rejects 9");
    expect([gone.exit, gone.code]).toEqual([6, "REJECT_FILE"]);
    expect(await shell.table()).toEqual(before);
    // What was written behind the last commit counts for nothing.
    shell.write(name, `${kept}what a run that was killed has left`);
    expect((await shell.load("in.csv --job j --max-rejects 9")).exit).toBe(3);
    expectAll(shell);
  });

  test("files for sources with another header go on as well", async () => {
    const shell = await open();
    const turned = "hist,n,id\n";
    shell.write("b.csv", `${turned}10,10,11\n77,77,12\n13,13,13\n77,77,14\n`);
    const run = (limit: number): ReturnType<JobShell["load"]> =>
      shell.load(`in.csv b.csv --job j --max-rejects ${limit} --commit 1`);
    for (const limit of [1, 3, 4, 5]) expect((await run(limit)).exit).toBe(4);
    const done = await run(6);
    expect([done.exit, done.report.counts.rejected], done.stderr).toEqual([3, 6]);
    expect(shell.read("in.csv.rejects.csv")).toBe(REJECTED);
    expect(shell.read("in.csv.rejects.csv.2")).toBe(`${turned}77,77,12\n77,77,14\n`);
    expect(reported(shell)).toEqual([2, 5, 6, 8, 2, 4]);
    expect(done.report.warnings.join()).toContain("in.csv.rejects.csv.2");
  });

  test("a job without rejects leaves no file, wherever it stopped", async () => {
    const shell = await open(HEADER + lines([1, 10], [2, 20], [3, 30]));
    onFailPoint((point) => {
      if (point === "committed") throw new Error("stopped");
    });
    expect((await shell.load("in.csv --job j --max-rejects 9")).exit).toBe(1);
    onFailPoint(null);
    expect((await shell.load("in.csv --job j --max-rejects 9")).exit).toBe(0);
    expect([shell.read("in.csv.rejects.csv"), shell.read("in.csv.rejects.csv.jsonl")]).toEqual([
      null,
      null,
    ]);
  });

  test("the rejects of a finished job may be taken away, also when more comes", async () => {
    const shell = await open();
    expect((await shell.load("in.csv --job j --max-rejects 9")).exit).toBe(3);
    shell.move("in.csv.rejects.csv", "corrected.csv");
    shell.remove("in.csv.rejects.csv.jsonl");
    expect((await shell.load("in.csv --job j --max-rejects 9")).exit).toBe(3);
    shell.write("in.csv", `${INPUT}9,77,77\n10,10,10\n`);
    const more = await shell.load("in.csv --job j --max-rejects 9 --follow-append");
    expect([more.exit, more.report.counts.rejected], more.stderr).toEqual([3, 5]);
    expect(shell.read("in.csv.rejects.csv")).toBe(`${HEADER}9,77,77\n`);
  });

  test("corrected, they complete the table as a job of their own", async () => {
    const shell = await open();
    expect((await shell.load("in.csv --job j --max-rejects 9")).exit).toBe(3);
    const corrected = (shell.read("in.csv.rejects.csv") ?? "")
      .replaceAll(/,[xy]/g, "")
      .replaceAll("77", "70");
    shell.write("corrected.csv", corrected);
    const ran = await shell.load("corrected.csv --job j-corrected");
    expect([ran.exit, ran.report.counts.inserted], ran.stderr).toEqual([0, 4]);
    expect(await shell.table()).toHaveLength(8);
  });
}
