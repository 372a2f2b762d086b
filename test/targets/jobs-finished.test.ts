/** A job that has finished: what is forgotten and loaded again, and a table that is not the one it has loaded into. */
import { afterEach, describe, expect, test } from "vitest";
import { onFailPoint } from "../../src/testing/fail-point.ts";
import type { FailPoint } from "../../src/testing/fail-point.ts";
import { upsurgeError } from "../../src/errors/upsurge-error.ts";
import { jobEngines, useDatabase } from "../helpers/engines.ts";
import type { Engine, TestDatabase } from "../helpers/engines.ts";
import { HEADER, HISTORY_TABLE, JobShell, lines } from "../helpers/job-shell.ts";
import type { Ran } from "../helpers/job-shell.ts";

const FOUR = lines([1, 10], [2, 20], [3, 30], [4, 40]);
const TABLE = ["1:10", "2:20", "3:30", "4:40"];
/** Plain updates by key. */
const PLAIN = ["in.csv", "--key", "id", "--commit", "2"];

afterEach(() => onFailPoint(null));

/** The name that a load without one is known by. */
const jobsOf = async (shell: JobShell): Promise<{ job: string; state: string }[]> =>
  (JSON.parse((await shell.jobs("--json")).stdout) as { jobs: { job: string; state: string }[] })
    .jobs;

function expectRefused(ran: Ran, why: string): void {
  expect([ran.exit, ran.code], ran.stderr).toEqual([4, "JOB_TABLE"]);
  expect(ran.cause).toContain(why);
  expect(ran.fix).toMatch(/--reset-job.*--keep-job/);
}

/** What the tests of a table need. */
interface Given {
  readonly engine: Engine;
  readonly database: TestDatabase;
  readonly open: (table?: string) => Promise<JobShell>;
  /** Drops the table and makes it again. */
  readonly remake: () => Promise<void>;
}

describe.each(jobEngines())("$title", (engine: Engine) => {
  const database = useDatabase(engine);
  const open = async (table = HISTORY_TABLE): Promise<JobShell> => {
    const shell = await JobShell.open(engine, database, table);
    shell.write("in.csv", HEADER + FOUR);
    return shell;
  };
  const remake = async (): Promise<void> => {
    await database.exec("drop table t");
    await database.exec(HISTORY_TABLE);
  };

  test("without a name, plain updates are loaded again", async () => {
    const shell = await open();
    expect((await shell.bare(PLAIN)).report.counts).toMatchObject({ read: 4, inserted: 4 });
    expect(await jobsOf(shell)).toEqual([]);

    await database.exec("update t set hist = 'mine' where id = 2");
    const edited = await shell.bare(PLAIN);
    expect([edited.exit, edited.report.job?.alreadyLoadedAt], edited.stderr).toEqual([0, null]);
    expect(edited.report.counts).toMatchObject({ read: 4, updated: 1, unchanged: 3 });

    await remake();
    const again = await shell.bare(PLAIN);
    expect([again.exit, again.report.counts.inserted], again.stderr).toEqual([0, 4]);
    expect(await shell.table()).toEqual(TABLE);

    shell.write("in.csv", HEADER + lines([9, 90]));
    const other = await shell.bare(PLAIN);
    expect([other.exit, other.report.counts.inserted], other.stderr).toEqual([0, 1]);
  });

  const MOMENTS: readonly FailPoint[] = ["moved", "commit", "committed", "forget", "forgotten"];
  test.each(MOMENTS)("stopped at %s of its end, it is loaded to its end", async (at) => {
    const shell = await open();
    let seen = 0;
    onFailPoint((point) => {
      if (point === at && (seen += 1) === (at.startsWith("f") ? 1 : 2)) throw new Error("stopped");
    });
    expect((await shell.bare(PLAIN)).exit).toBe(1);
    onFailPoint(null);
    await database.exec("delete from t where id = 1");
    const again = await shell.bare(PLAIN);
    expect([again.exit, again.report.job?.alreadyLoadedAt], again.stderr).toEqual([0, null]);
    const isOver = !["moved", "commit"].includes(at);
    expect(await shell.table()).toEqual(isOver ? TABLE : TABLE.slice(1));
    expect(await jobsOf(shell)).toEqual([]);
  });

  test("whose last commit got no answer, it is asked what became of it, and done once", async () => {
    const shell = await open();
    let seen = 0;
    onFailPoint((point) => {
      if (point !== "committed" || (seen += 1) !== 2) return;
      throw upsurgeError("TARGET_LOST", { target: "the server", reason: "gone" });
    });
    const went = await shell.bare(PLAIN);
    expect([went.exit, went.report.counts], went.stderr).toMatchObject([
      0,
      { read: 4, inserted: 4, unchanged: 0 },
    ]);
    expect(went.report.job?.alreadyLoadedAt).toBeNull();
    onFailPoint(null);
    expect((await shell.bare(PLAIN)).report.counts).toMatchObject({ read: 4, unchanged: 4 });
    expect(await jobsOf(shell)).toEqual([]);
  });

  test.runIf(engine.name === "postgres")(
    "with several writers, it is forgotten as well",
    async () => {
      const shell = await open();
      for (const count of ["inserted", "unchanged"] as const) {
        const ran = await shell.bare([...PLAIN, "--writers", "2", "-b", "1"]);
        expect([ran.exit, ran.report.counts[count]], ran.stderr).toEqual([0, 4]);
        expect(await jobsOf(shell)).toEqual([]);
      }
    },
  );

  kept({ engine, database, open, remake });
  tables({ engine, database, open, remake });
  deleting({ engine, database, open, remake });

  test("--reset-job and --keep-job do not go together", async () => {
    const shell = await open();
    const both = await shell.load("in.csv --job j --reset-job --keep-job");
    expect([both.exit, both.code ?? both.stderr]).toMatchObject([
      2,
      expect.stringContaining("OPTION_CONFLICT"),
    ]);
  });
});

/** Finished loads that are not to be repeated. */
function kept({ database, open }: Given): void {
  test.each([
    ["counters", ["--key", "id", "--set", "n = target.n + excluded.n"]],
    ["a condition", ["--key", "id", "--update-where", "excluded.n > target.n"]],
    ["a stamp", ["--key", "id", "--stamp", "hist = 'seen'"]],
    ["rows without a key", ["--mode", "insert"]],
    ["--follow-append", ["--key", "id", "--follow-append"]],
  ])("without a name, %s are not applied twice", async (_, flags) => {
    const shell = await open("create table t (id int, n int, hist varchar(99))");
    await database.exec("create unique index t_id on t (id)");
    const load = ["in.csv", "--commit", "2", ...flags];
    expect((await shell.bare(load)).report.counts.inserted).toBe(4);
    const before = await shell.image();
    const again = await shell.bare(load);
    expect([again.exit, again.report.counts.read, again.report.job?.earlier.read]).toEqual([
      0, 0, 4,
    ]);
    expect(again.report.job?.alreadyLoadedAt).not.toBeNull();
    expect(await shell.image()).toEqual(before);
  });

  test("with rejects it is kept, and ends with 3 until they are dealt with", async () => {
    const shell = await open();
    shell.write("in.csv", `${HEADER}${FOUR}5,77,77\n`);
    const load = [...PLAIN, "--max-rejects", "1"];
    for (const read of [5, 0]) {
      const ran = await shell.bare(load);
      expect([ran.exit, ran.report.status, ran.report.counts.read], ran.stderr).toEqual([
        3,
        "rejects",
        read,
      ]);
      expect(ran.report.rejectFile).toMatch(/in\.csv\.rejects\.csv$/);
    }
    expect(shell.read("in.csv.rejects.csv")).toBe(`${HEADER}5,77,77\n`);
  });
}

/** The table that is there now, and the one that was loaded into. */
function tables({ engine, database, open, remake }: Given): void {
  describe.each(["finished", "running"])("the table of a %s job", (state) => {
    const begin = async (): Promise<JobShell> => {
      const shell = await open();
      if (state === "running") shell.write("in.csv", `${HEADER}${FOUR}5,77,77\n`);
      expect((await shell.load("in.csv --job j")).exit).toBe(state === "running" ? 4 : 0);
      shell.write("in.csv", HEADER + FOUR);
      return shell;
    };
    test("dropped and made again is missed, and loaded again with --reset-job", async () => {
      const shell = await begin();
      await remake();
      await database.exec("insert into t values (7, 7, '7')");
      for (const _ of [1, 2]) {
        expectRefused(await shell.load("in.csv --job j"), "dropped and made again");
        expect(await shell.table()).toEqual(["7:7"]);
      }
      const over = await shell.load("in.csv --job j --reset-job");
      expect([over.exit, over.report.counts.inserted], over.stderr).toEqual([0, 4]);
      expect(await shell.table()).toEqual([...TABLE, "7:7"]);
      expect((await shell.load("in.csv --job j")).report.counts.read).toBe(0);
    });

    test("dropped and made again is taken for the same with --keep-job, once and for all", async () => {
      const shell = await begin();
      await remake();
      await database.exec("insert into t values (7, 7, '7')");
      expectRefused(await shell.load("in.csv --job j"), "dropped and made again");
      for (const flag of ["--keep-job", ""]) {
        const kept = await shell.load(`in.csv --job j ${flag}`);
        expect([kept.exit, kept.report.job?.resumedAt], kept.stderr).toEqual([0, 4]);
        expect(await shell.table()).toEqual(["7:7"]);
      }
    });

    test("is taken for the same with --keep-job for each of several sources", async () => {
      const shell = await begin();
      shell.write("more.csv", HEADER + lines([5, 50]));
      const both = "in.csv more.csv --job j";
      expect((await shell.load(both)).exit).toBe(0);
      await remake();
      await database.exec("insert into t values (7, 7, '7')");
      expectRefused(await shell.load(both), "dropped and made again");
      for (const flag of ["--keep-job", ""]) {
        const kept = await shell.load(`${both} ${flag}`);
        expect([kept.exit, kept.report.job?.resumedAt], kept.stderr).toEqual([0, 5]);
        expect(await shell.table()).toEqual(["7:7"]);
      }
    });

    test("emptied is missed", async () => {
      const shell = await begin();
      await database.exec("delete from t");
      expectRefused(await shell.load("in.csv --job j"), "it is empty, and the job has written");
      expect((await shell.load("in.csv --job j --keep-job")).exit).toBe(0);
      expect(await shell.table()).toEqual([]);
      expectRefused(await shell.load("in.csv --job j"), "it is empty");
      expect((await shell.load("in.csv --job j --reset-job")).exit).toBe(0);
      expect(await shell.table()).toEqual(TABLE);
    });

    test("changed, renamed to and fro, or vacuumed is the same", async () => {
      const shell = await begin();
      await database.exec("alter table t add more int");
      if (engine.name !== "sqlserver") {
        await database.exec("alter table t rename to u");
        await database.exec("alter table u rename to t");
        await database.exec(engine.name === "sqlite" ? "vacuum" : "vacuum full t");
      }
      const went = await shell.load("in.csv --job j");
      expect([went.exit, went.report.job?.resumedAt], went.stderr).toEqual([0, 4]);
    });

    test("is not known to a checkpoint of an earlier version, which goes on", async () => {
      const shell = await begin();
      await database.exec("update upsurge_checkpoint set config_fp = substring(config_fp, 1, 64)");
      await remake();
      await database.exec("insert into t values (7, 7, '7')");
      const went = await shell.load("in.csv --job j");
      expect([went.exit, went.report.job?.resumedAt], went.stderr).toEqual([0, 4]);
    });

    test("that came from a backup along with its checkpoint is the same", async () => {
      const shell = await begin();
      await database.exec(
        "create table kept (id int not null primary key, n int, hist varchar(2000))",
      );
      await database.exec("insert into kept select * from t");
      const [[fp] = []] = await database.rows("select config_fp from upsurge_checkpoint");
      const other = String(fp).replace(/ .*\//, " elsewhere/").replace(/\d+$/, "9");
      await database.exec(`update upsurge_checkpoint set config_fp = '${other}'`);
      const went = await shell.load("in.csv --job j");
      expect([went.exit, went.report.job?.resumedAt], went.stderr).toEqual([0, 4]);
    });
  });
}

/** A table that the records of a job take rows away from. */
function deleting({ database, open }: Given): void {
  test("emptied by the records of the job itself is not missed", async () => {
    const changes = "op,id,n\nu,1,1\nu,2,2\nd,1,\nd,2,\nu,3,3\nd,3,\n";
    for (const [stop, before] of [
      [3, []],
      [2, ["insert into t values (1, 1, '1'), (2, 2, '2')"]],
      [4, []],
    ] as const) {
      const shell = await open();
      for (const sql of before) await database.exec(sql);
      shell.write("in.csv", changes);
      const flags = [
        "in.csv",
        "--key",
        "id",
        "--delete-when",
        "op=d",
        "--job",
        "j",
        "--commit",
        "2",
      ];
      let seen = 0;
      onFailPoint((point: FailPoint) => {
        if (point === "commit" && (seen += 1) === stop) throw new Error("stopped");
      });
      const stopped = await shell.bare(flags);
      onFailPoint(null);
      expect([stopped.exit, stopped.report.counts.deleted], stopped.stderr).toEqual(
        stop === 4 ? [0, 3] : [1, stop === 3 ? 2 : 0],
      );
      if (stop === 2) await database.exec("delete from t where id > 2");

      const went = await shell.bare(flags);
      expect([went.exit, went.code], went.stderr).toEqual([0, null]);
      expect(await shell.table()).toEqual([]);
    }
  });

  test("emptied is missed where the records took fewer rows away than they brought", async () => {
    const shell = await open();
    shell.write("in.csv", "op,id,n\nu,1,1\nu,2,2\nd,1,\n");
    const flags = ["in.csv", "--key", "id", "--delete-when", "op=d", "--job", "j", "--commit", "2"];
    expect((await shell.bare(flags)).exit).toBe(0);
    await database.exec("delete from t");
    expectRefused(await shell.bare(flags), "it is empty, and the job has written or found 1 row");
  });
}
