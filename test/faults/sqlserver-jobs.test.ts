/**
 * Jobs on SQL Server when something goes wrong at any request: the same command, run until it says 0, applies every record
 * exactly once. A history in the table shows a record that is lost, doubled or out of order.
 */
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";
import {
  always,
  having,
  loading,
  nth,
  serverError,
  tell,
  useFaultyServer,
} from "./sqlserver-support.ts";
import type { Rows, Trouble, Which } from "./sqlserver-support.ts";

const db = useFaultyServer();

/** Seven records in parts of two; the key 1 is met three times. */
const INPUT = "id,n,hist\n1,10,10\n2,20,20\n3,30,30\n1,40,40\n4,50,50\n5,60,60\n1,70,70\n";
const LOADED = [
  ["1", "10,40,70"],
  ["2", "20"],
  ["3", "30"],
  ["4", "50"],
  ["5", "60"],
];
const COUNTS = { read: 7, inserted: 5, updated: 2 };
const SET = "hist = target.hist + ',' + CAST(excluded.n AS varchar(9))";
const COMMIT = having(/^COMMIT TRANSACTION$/);
const PARTS = ["--job", "j", "--commit", "4"];
const SMALL = ["--job", "j", "--commit", "2"];
const WHOLE = ["--job", "j", "--commit", "end", "-b", "4"];

beforeEach(async () => {
  const session = await db.session();
  await tell(session, "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int, hist varchar(200))");
});

async function table(): Promise<Rows> {
  return tell(await db.session(), "SELECT id, hist FROM t ORDER BY id");
}

interface Job {
  readonly exit: number;
  readonly code: string | null;
  readonly stderr: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** One run of the job. */
async function run(flags: readonly string[], retry = "10m"): Promise<Job> {
  const folder = tempDir({ "in.csv": INPUT });
  const into = ["--to", db.url(), "--table", "t", "--key", "id", "--set", SET, "--json"];
  const args = [join(folder, "in.csv"), ...into, "-q", "--retry-timeout", retry, ...flags];
  const { exitCode, stdout, stderr } = await runUpsurge(args);
  const { counts: counted, error, job } = JSON.parse(stdout);
  // A run that finds the job done counts nothing itself.
  const counts = job?.alreadyLoadedAt ? job.earlier : counted;
  return { exit: exitCode, code: error?.code ?? null, counts, stderr };
}

/** The job is done, once. */
async function expectDone(flags: readonly string[]): Promise<void> {
  db.troubles = () => undefined;
  // The path of each run is another, and what it holds is the same.
  const last = await run(flags);
  expect([last.exit, last.code], last.stderr).toEqual([0, null]);
  expect(last.counts).toMatchObject(COUNTS);
  expect(await table()).toEqual(LOADED);
}

async function startOver(): Promise<void> {
  await db.reset();
  await tell(
    await db.session(),
    "CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int, hist varchar(200))",
  );
}

// The first commit is that of the taking, which a server's own fault ends.
const LOST: readonly (readonly [string, Trouble, number])[] = [
  ["never arrives", { before: "cut" }, 1],
  ["was done, and its answer lost", { after: "cut" }, 1],
  ["was done, and ended in a fatal error", { after: serverError(3624, 21) }, 2],
];

const PASSING: readonly (readonly [string, Which, Trouble])[] = [
  ["a deadlock", having(/merge/i), { before: serverError(1205, 13) }],
  ["a lock that is not granted", having(/merge/i), { before: serverError(1222) }],
  [
    "a deadlock at the checkpoint",
    having(/update upsurge_checkpoint set/),
    {
      before: serverError(1205, 13),
    },
  ],
  [
    "a server that goes away",
    having(/update upsurge_checkpoint set/),
    {
      before: serverError(40_197),
    },
  ],
];

describe.each([
  ["in parts", PARTS],
  ["as a whole", WHOLE],
])("%s", (_, flags) => {
  // Together these meet every request.
  test.each([
    ["before it runs", { before: "cut" }, 1],
    ["after it ran", { after: "cut" }, 2],
  ] as const)("a cut at every third request, %s: tried again", async (_when, trouble, from) => {
    const requests = await countOf(
      flags,
      loading(() => true),
    );
    expect(requests).toBeGreaterThan(10);
    for (let at = from; at <= requests; at += 3) {
      await startOver();
      db.troubles = nth(
        at,
        loading(() => true),
        trouble,
      );
      const ran = await run(flags);
      expect([at, ran.exit, ran.code], ran.stderr).toEqual([at, 0, null]);
      expect([at, await table()]).toEqual([at, LOADED]);
      expect(ran.counts).toMatchObject(COUNTS);
    }
  });

  test("a cut at every third request, not tried again: the next run goes on", async () => {
    const requests = await countOf(
      flags,
      loading(() => true),
    );
    for (let at = 3; at <= requests; at += 3) {
      await startOver();
      db.troubles = nth(
        at,
        loading(() => true),
        { [at % 2 === 0 ? "before" : "after"]: "cut" },
      );
      const ran = await run(flags, "0");
      expect([0, 75], ran.stderr).toContain(ran.exit);
      await expectDone(flags);
    }
  });

  test.each(LOST)(
    "a commit that %s is found out by taking the job again",
    async (_how, trouble, from) => {
      const commits = await countOf(flags, COMMIT);
      for (let at = from; at <= commits; at += 1) {
        await startOver();
        db.troubles = nth(at, COMMIT, trouble);
        const ran = await run(flags);
        expect([at, ran.exit, ran.code], ran.stderr).toEqual([at, 0, null]);
        expect(ran.counts).toMatchObject(COUNTS);
        expect(await table()).toEqual(LOADED);
      }
    },
  );

  test("a commit whose outcome nobody learns in time is known by the next run", async () => {
    db.troubles = always(loading(COMMIT), { after: "cut" });
    const ran = await run(flags, "300ms");
    expect(ran.exit, ran.stderr).toBe(75);
    await expectDone(flags);
  });

  test.each(PASSING)("%s in the middle", async (_what, which, trouble) => {
    const requests = await countOf(flags, loading(which));
    expect(requests).toBeGreaterThan(0);
    for (let at = 1; at <= requests; at += 2) {
      await startOver();
      db.troubles = nth(at, loading(which), trouble);
      const ran = await run(flags);
      expect([at, ran.exit, ran.code], ran.stderr).toEqual([at, 0, null]);
      expect(await table()).toEqual(LOADED);
    }
  });
});

/** How many requests of some kind a run makes. */
async function countOf(flags: readonly string[], which: Which): Promise<number> {
  let count = 0;
  db.troubles = (request) => {
    if (which(request)) count += 1;
    return undefined;
  };
  expect((await run(flags)).exit).toBe(0);
  return count;
}

test("without a job, a commit without an answer stays unknown", async () => {
  db.troubles = always(COMMIT, { after: "cut" });
  const ran = await run(["--commit", "end"]);
  expect([ran.exit, ran.code]).toEqual([75, "TARGET_OUTCOME_UNKNOWN"]);
});

test("of runs at once, each with the lock and without it, one applies each record", async () => {
  for (const withoutLock of [false, true]) {
    await startOver();
    const grant = { instead: () => "SELECT 0 AS granted" };
    if (withoutLock) db.troubles = always(having(/upsurge-job:/), grant);
    const runs = await Promise.all([1, 2, 3].map(async () => await run(PARTS)));
    for (const ran of runs) {
      expect([0, 75], ran.stderr).toContain(ran.exit);
      if (ran.exit === 75) expect(ran.code).toMatch(/^JOB_(?:RUNNING|TAKEN)$/);
    }
    await expectDone(PARTS);
  }
});

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)(
  "%s in the middle: what is committed stays, and the next run goes on",
  async (signal, code) => {
    const holder = await db.session();
    await tell(holder, "INSERT INTO t VALUES (3, 0, '0')", "BEGIN TRANSACTION");
    await tell(holder, "UPDATE t SET n = 1 WHERE id = 3");
    const folder = tempDir({ "in.csv": INPUT });
    const into = ["--to", db.url(), "--table", "t", "--key", "id", "--set", SET, "--json"];
    const { child, ended } = spawnUpsurge(["in.csv", ...into, ...SMALL, "--grace", "1s"], folder);
    onTestFinished(() => void child.kill("SIGKILL"));
    // The first part is committed; the second waits for the row.
    await until(
      "two commits",
      () => db.requests.filter(COMMIT).length,
      (commits) => commits > 1,
    );
    child.kill(signal);
    const { exitCode, stdout, stderr } = await ended;
    expect([exitCode, JSON.parse(stdout).counts.read], stderr).toEqual([code, 2]);
    await tell(holder, "ROLLBACK TRANSACTION", "DELETE FROM t WHERE id = 3");
    await expectDone(SMALL);
  },
);
