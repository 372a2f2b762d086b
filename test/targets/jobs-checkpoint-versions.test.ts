/** Checkpoint tables of other versions of upsurge: an earlier one's serves as it is, a later one's is refused. */
import { describe, expect, test } from "vitest";
import { CheckpointTable } from "../../src/checkpoint/checkpoint-table.ts";
import { emptyRow } from "../../src/checkpoint/cursor.ts";
import { noCounts } from "../../src/model/counts.ts";
import { connectOptions } from "../../src/load/connect-options.ts";
import { findTarget } from "../../src/targets/registry.ts";
import { jobEngines, useDatabase } from "../helpers/engines.ts";
import type { Engine, TestDatabase } from "../helpers/engines.ts";
import { HEADER, JobShell, lines } from "../helpers/job-shell.ts";
import { optionsOf } from "../helpers/options.ts";

const FOUR = lines([1, 10], [2, 20], [3, 30], [4, 40]);
const BAD = "5,77,77\n";
const LAST = lines([1, 60], [6, 70]);

const TYPES = {
  sqlite: { name: "text", text: "text", integer: "integer", time: "text" },
  postgres: { name: "text", text: "text", integer: "bigint", time: "timestamptz" },
  sqlserver: {
    name: "nvarchar(200) COLLATE Latin1_General_100_BIN2",
    text: "nvarchar(max)",
    integer: "bigint",
    time: "datetime2(3)",
  },
};

const SHARED =
  "job_id, source, part, parts, name, config_fp, epoch, state, byte_off, rec_no, line_no, prefix_sha256, total_bytes, total_sha256, rejects, owner, started_at, updated_at";
const COUNTS =
  "n_read, n_inserted, n_updated, n_unchanged, n_ignored, n_skipped, n_suppressed, n_rejected, n_deleted";

/** The statement by which the first version made its table. */
function firstDdl({ name }: Engine): string {
  const { name: word, text, integer, time } = TYPES[name];
  return `create table first_jobs (
    job_id ${word} not null, source ${integer} not null, part ${integer} not null, parts ${integer} not null,
    name ${text} not null, config_fp ${word} not null, epoch ${integer} not null, state ${word} not null,
    byte_off ${integer} not null, rec_no ${integer} not null, line_no ${integer} not null, prefix_sha256 ${word} not null,
    total_bytes ${integer} null, total_sha256 ${text} null, rejects ${text} null,
    ${COUNTS.split(", ")
      .map((count) => `${count} ${integer} not null`)
      .join(", ")},
    owner ${text} not null, started_at ${time} not null, updated_at ${time} not null,
    primary key (job_id, source, part))`;
}

describe.each(jobEngines())("$title", (engine) => {
  const database = useDatabase(engine);

  firstVersion(engine, database);
  fenced(engine, database);
  laterVersion(engine, database);
});

/** A job that stopped behind four records. */
async function stopped(engine: Engine, database: TestDatabase): Promise<JobShell> {
  const shell = await JobShell.open(engine, database);
  shell.write("in.csv", HEADER + FOUR + BAD + LAST);
  expect((await shell.load("in.csv --job j")).code).toBe("REJECT_LIMIT");
  shell.write("in.csv", HEADER + FOUR + LAST);
  return shell;
}

function firstVersion(engine: Engine, database: TestDatabase): void {
  const counts = async (): Promise<unknown> =>
    await database.rows(`select ${COUNTS} from first_jobs where job_id = 'j'`);

  test("a job that the first version has begun goes on, exactly once", async () => {
    const shell = await stopped(engine, database);
    await database.exec(firstDdl(engine));
    await database.exec(
      `insert into first_jobs (${SHARED}, ${COUNTS}) select ${SHARED}, 4, 4, 0, 0, 0, 0, 0, 0, 0 from upsurge_checkpoint`,
    );
    await database.exec("drop table upsurge_checkpoint");

    const went = await shell.load("in.csv --job j --checkpoint-table first_jobs");

    expect([went.exit, went.report.job?.resumedAt], went.stderr).toEqual([0, 4]);
    expect(went.report.counts).toMatchObject({ read: 6, inserted: 5, updated: 1 });
    expect(await shell.table()).toEqual(["1:10,60", "2:20", "3:30", "4:40", "6:70"]);
    // What the first version finds, should it run the job again.
    expect(await counts()).toEqual([["6", "5", "1", "0", "0", "0", "0", "0", "0"]]);
    const again = await shell.load("in.csv --job j --checkpoint-table first_jobs");
    expect(again.report.job?.alreadyLoadedAt, again.stderr).not.toBeNull();
    expect(await shell.table()).toEqual(["1:10,60", "2:20", "3:30", "4:40", "6:70"]);
  });

  test("a new job is kept in a table of the first version, by several writers too", async () => {
    const shell = await JobShell.open(engine, database);
    await database.exec(firstDdl(engine));
    shell.write("in.csv", HEADER + FOUR + BAD + LAST);
    const where = "--job j --checkpoint-table first_jobs --writers 2";
    const first = await shell.load(`in.csv ${where} --max-rejects 1`);
    expect([first.exit, first.report.counts.rejected], first.stderr).toEqual([3, 1]);

    const listed = await shell.jobs("--checkpoint-table", "first_jobs");

    expect(listed.stdout).toMatch(/j +done +7 records, 1 rejected/);
    expect(await counts()).toEqual([["7", "5", "1", "0", "0", "0", "0", "1", "0"]]);
    const forgot = await shell.jobs("--checkpoint-table", "first_jobs", "--forget", "j");
    expect([forgot.exit, await counts()], forgot.stderr).toEqual([0, []]);
  });
}

function fenced(engine: Engine, database: TestDatabase): void {
  test("a run of the first version that takes a job over fences this one", async () => {
    await database.reset();
    await database.exec(firstDdl(engine));
    const options = optionsOf({ to: database.url });
    const target = await findTarget(database.url);
    const session = await target.connect(connectOptions(options, process.env));
    try {
      const table = new CheckpointTable("first_jobs", session.execute);
      const own = { job: "j", config: "c", madeAs: null, epoch: 1, owner: "this" };
      const row = emptyRow(own, { number: 1, name: "in.csv" });
      await table.insert(row);
      await database.exec(
        "update first_jobs set epoch = epoch + 1, owner = 'first', n_read = 9 where job_id = 'j'",
      );

      const next = { ...row, counts: { ...row.counts, read: 2 } };
      expect([await table.lock(row), await table.advance(row, next)]).toEqual([false, false]);

      const [found] = await table.read("j");
      expect(found).toMatchObject({ epoch: 2, owner: "first", counts: { ...noCounts(), read: 9 } });
      const more = { ...next, epoch: 2, counts: { ...noCounts(), blank: 1 } };
      await expect(table.advance({ ...row, epoch: 2 }, more)).rejects.toMatchObject({
        code: "CHECKPOINT_TABLE",
        why: expect.stringContaining("no column for the count blank"),
      });
    } finally {
      await session.close();
    }
  });
}

function laterVersion(engine: Engine, database: TestDatabase): void {
  test.each([
    ["a version that is not known", "version = 3, counts = '?'"],
    ["a count that is not known", `counts = '{"read":4,"inserted":3,"melted":1}'`],
  ])("a job with %s is refused and left as it is", async (_, change) => {
    const shell = await stopped(engine, database);
    await database.exec(`update upsurge_checkpoint set ${change}`);
    const before = await shell.image();

    for (const more of [[], ["--reset-job"]]) {
      const refused = await shell.load("in.csv --job j", more);
      expect([refused.exit, refused.code], refused.stderr).toEqual([2, "CHECKPOINT_VERSION"]);
      expect(refused.stderr).toContain("the job j in upsurge_checkpoint");
    }
    const listed = await shell.jobs();

    expect([listed.exit, listed.stdout]).toEqual([2, ""]);
    expect(listed.stderr).toContain("CHECKPOINT_VERSION");
    expect(await shell.image()).toEqual(before);
  });

  test("another job in the same table goes its way", async () => {
    const shell = await stopped(engine, database);
    await database.exec("update upsurge_checkpoint set version = 3, counts = '?'");

    const other = await shell.load("in.csv --job other");

    expect([other.exit, other.report.counts.read], other.stderr).toEqual([0, 6]);
  });

  test("a count that a row does not name is 0", async () => {
    const shell = await stopped(engine, database);
    await database.exec(`update upsurge_checkpoint set counts = '{"read":4,"inserted":4}'`);

    const went = await shell.load("in.csv --job j");

    expect([went.exit, went.report.counts.updated], went.stderr).toEqual([0, 1]);
    expect(went.report.counts).toMatchObject({ read: 6, inserted: 5, blank: 0 });
  });
}
