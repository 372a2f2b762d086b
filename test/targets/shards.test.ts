/** A job of shards: what its shards share, what is refused, and how it is finished once. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { JobShell } from "../helpers/job-shell.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { SHARED_RECORDS, ShardsShell } from "../helpers/shards-shell.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const engine = postgres;
const wide = (text: string): Buffer => Buffer.from(`\uFEFFid,n,hist\n${text}`, "utf16le");

describe("a job of shards", () => {
  const database = useDatabase(engine);
  let job: ShardsShell;
  beforeEach(async () => {
    job = await ShardsShell.open(engine, database);
  });

  test("its shards are listed, and it is done when all are", async () => {
    await job.shard("1/2");
    const half = await job.jobs("--json");
    const told = JSON.parse(half.stdout) as {
      jobs: { state: string; shards: { state: string }[] }[];
    };

    expect(half.exit).toBe(4);
    expect(told.jobs[0]?.state).toBe("stopped");
    expect(told.jobs[0]?.shards.map(({ state }) => state)).toEqual(["missing", "done"]);
    expect((await job.jobs()).stdout).toMatch(/1 of 2 shards done[^]*missing +shard 0\/2/);

    await job.shard("0/2");
    const whole = await job.jobs();
    expect(whole.exit).toBe(0);
    expect(whole.stdout).toContain("all shards are done: upsurge finish --to URL --job j");
    expect((await job.jobs("--forget", "j")).code).toBe(null);
  });

  test("it is finished once, with one report, one reject file, and what comes after all records", async () => {
    await database.exec("create table done (at int)");
    for (const which of ["1/3", "0/3", "2/3"]) await job.shard(which);
    const after = ["--after", "insert into done select count(*) from t"];
    const both = await Promise.all([1, 2].map(async () => await runFinish(database.url, after)));
    const again = await job.finish(...after);

    expect(both.map(({ exit }) => exit)).not.toContain(0);
    expect(await database.rows("select * from done")).toEqual([["3"]]);
    expect(await job.shell.table()).toEqual(["1:1,4", "2:2,5", "4:7"]);
    expect(again.exit).toBe(3);
    expect(JSON.parse(again.stdout)).toMatchObject({
      status: "rejects",
      already: true,
      counts: { read: 7, inserted: 3, updated: 2, rejected: 2 },
    });
    expect(job.shell.read("in.csv.rejects.csv")).toBe("id,n,hist\n3,77,77\n,6,6\n");
    expect(job.shell.read("in.csv.rejects.shard-0-of-3.csv")).toBeNull();
    // From now on it is a job as any other.
    expect((await job.shard("1/3")).report.job?.alreadyLoadedAt).toEqual(expect.any(String));
    expect(
      (await job.shell.load("in.csv --job j", ["--max-rejects", "9"])).report.counts.read,
    ).toBe(0);
    expect((await job.jobs()).exit).toBe(0);
  });

  test("rejects of several sources, in any encoding and under any header, are those of one process", async () => {
    const sources = "a.csv b.csv u.csv v.csv";
    job.shell.write("a.csv", "id,n,hist\n1,1,1\n,2,2\n,3,3\n4,77,4");
    job.shell.write("b.csv", "n,hist,id\n77,5,5\n6,6,\n7,7,\n8,8,8\n");
    job.shell.write("u.csv", wide(",5,5\n9,9,9\nx,1,1\n,2,2\n,8,ਅ"));
    job.shell.write("v.csv", wide(",7,7\n,8,8"));
    const limit = ["--max-rejects", "99"];
    const files = [
      "a.csv.rejects.csv",
      ...[".2", ".3", ".jsonl"].map((end) => `a.csv.rejects.csv${end}`),
    ];
    await job.shell.load(`${sources} --job alone`, limit);
    const alone = files.map((name) => job.shell.read(name));
    for (const name of files) job.shell.remove(name);
    await database.exec("truncate t");
    for (const which of ["2/3", "0/3", "1/3"])
      await job.shell.load(`${sources} --job j`, [...limit, "--shard", which]);
    const { stdout } = await job.finish();

    expect(alone.every((text) => text !== null)).toBe(true);
    expect(files.map((name) => job.shell.read(name))).toEqual(alone);
    expect(JSON.parse(stdout)).toMatchObject({
      counts: { read: 15, inserted: 3, rejected: 12 },
      sources: ["a", "b", "u", "v"].map((name) => expect.stringMatching(`${name}\\.csv$`)),
    });
  });

  test("what is read and rejected is told of each shard once", async () => {
    const ran = [await job.shard("0/3"), await job.shard("1/3"), await job.shard("2/3")];
    const sum = (name: "read" | "rejected"): number =>
      ran.reduce((all, { report }) => all + report.counts[name], 0);
    const sources = ran.map(({ report }) => report.sources[0]?.read ?? 0);

    expect([sum("read"), sum("rejected")]).toEqual([7, 2]);
    expect(sources.reduce((a, b) => a + b, 0)).toBe(7);
  });
});

describe("a job whose shards are not all done", () => {
  const database = useDatabase(engine);
  let job: ShardsShell;
  beforeEach(async () => {
    job = await ShardsShell.open(engine, database);
  });

  test("a shard that is missing is told, and nothing is finished", async () => {
    await job.shard("0/3");
    const { exit, stderr, stdout } = await job.finish("--rejects-ok");

    expect(exit).toBe(4);
    expect(stdout + stderr).toContain("SHARDS_MISSING");
    expect(stdout + stderr).toContain("2 shards of 3 have not come to the end: 1, 2");
    expect(stdout + stderr).toContain("--shard 1/3 --job j");
    await job.shard("1/3");
    await job.shard("2/3");
    expect((await job.finish("--rejects-ok")).exit).toBe(0);
  });

  test("while a shard is at work it is not finished, and that is another exit code", async () => {
    await job.shard("1/2");
    // The record without a key is its own.
    expect((await job.shard("0/2", ["--max-rejects", "0"])).exit).toBe(4);
    await database.exec("begin; select pg_advisory_xact_lock(x'75706a62'::int, hashtext('j#0/2'))");
    const [ended, listed] = [await job.finish(), await job.jobs()];
    await database.exec("rollback");

    expect([ended.exit, ended.code]).toEqual([75, "SHARDS_RUNNING"]);
    expect(ended.fix).toContain("`upsurge jobs --to URL --job j`");
    expect(listed.exit).toBe(75);
    expect((await job.jobs()).stdout).toMatch(/failed +[^\n]+shard 0\/2/);
    expect((await job.jobs()).exit).toBe(4);
  });
});

describe("what does not fit a job of shards", () => {
  const database = useDatabase(engine);
  let job: ShardsShell;
  beforeEach(async () => {
    job = await ShardsShell.open(engine, database);
  });

  test("its number of shards stays as it is", async () => {
    await job.shard("0/2");
    const { exit, code, fix } = await job.shard("0/3");

    expect([exit, code]).toEqual([2, "JOB_SHARDS"]);
    expect(fix).toContain("--shard 0/2 to --shard 1/2");
    expect(fix).toContain("`upsurge jobs --to URL --forget j`");
    expect((await job.shell.load("in.csv --job j")).code).toBe("JOB_SHARDS");
    expect((await job.shell.load("in.csv --job j --reset-job")).code).toBe("JOB_SHARDS");
    expect((await job.shell.jobs("--forget", "j")).exit).toBe(0);
    expect((await job.shard("0/3")).exit).toBe(3);
    expect(await database.rows("select count(*) from upsurge_checkpoint")).toEqual([["2"]]);
  });

  test("a field without a column is told nothing that no shard can do", async () => {
    job.shell.write("wide.csv", "id,n,hist,more\n1,1,1,1\n");
    const { code, fix } = await job.shell.load("wide.csv --job j", ["--shard", "0/2"]);

    expect(code).toBe("PLAN_UNKNOWN_FIELD");
    expect(fix).toMatch(/--extra-fields ignore all that have no column$/);
  });

  test("a load that was begun without shards is finished without", async () => {
    job.shell.write("bad.csv", "id,n,hist\n1,1,1\n2,2,2\n3,77,77\n");
    expect((await job.shell.load("bad.csv --job j")).exit).toBe(4);
    const { code, cause } = await job.shell.load("bad.csv --job j", ["--shard", "0/2"]);

    expect(code).toBe("JOB_SHARDS");
    expect(cause).toContain("begun by a load without --shard");
    expect((await job.finish()).code).toBe("SHARDS_MISSING");
  });

  test.each<[string, (shell: JobShell) => void, string, string]>([
    [
      "bytes",
      (in1) => in1.write("in.csv", SHARED_RECORDS.replace("4,7,7", "4,8,7")),
      "in.csv",
      "SOURCE_CHANGED",
    ],
    [
      "length",
      (in1) => in1.write("in.csv", `${SHARED_RECORDS}9,9,9\n`),
      "in.csv",
      "SOURCE_CHANGED",
    ],
    ["name", (in1) => in1.move("in.csv", "other.csv"), "other.csv", "JOB_SOURCES"],
    ["number", (in1) => in1.write("more.csv", SHARED_RECORDS), "in.csv more.csv", "JOB_SOURCES"],
  ])(
    "sources of another %s are refused before a row is written",
    async (_, change, sources, code) => {
      await job.shard("0/2");
      const before = await job.shell.table();
      change(job.shell);
      const changed = await job.shell.load(`${sources} --job j`, [
        "--max-rejects",
        "9",
        "--shard",
        "1/2",
      ]);

      expect(changed.code).toBe(code);
      expect(await job.shell.table()).toEqual(before);
      expect((await job.finish()).code).toBe("SHARDS_MISSING");
    },
  );

  test("more rejects than are allowed to all shards stop the next one, after what was committed", async () => {
    job.shell.write("in.csv", "id,n,hist\n,1,1\n,2,2\n,3,3\n,4,4\n5,5,5\n6,6,6\n");
    // Every second record is its own: two rejects, which are as many as all may have.
    const first = await job.shard("0/2", ["--max-rejects", "2"]);
    const second = await job.shard("1/2", ["--max-rejects", "2"]);

    expect([first.exit, first.report.counts.rejected]).toEqual([3, 2]);
    expect([second.exit, second.code]).toEqual([4, "REJECT_LIMIT"]);
    expect(second.cause).toContain("3 records were rejected, and --max-rejects is 2");
    expect((await job.shard("1/2", ["--max-rejects", "4"])).exit).toBe(3);
    expect((await job.finish()).exit).toBe(3);
  });

  test("other options of one shard, or another table, are refused", async () => {
    await job.shard("0/2");
    expect((await job.shard("1/2", ["--null", "7"])).code).toBe("JOB_OPTIONS");
    await database.exec("drop table t; create table t (id int primary key, n int, hist text)");
    expect((await job.shard("1/2")).code).toBe("JOB_TABLE");
  });
});

describe("a plan of shards", () => {
  const database = useDatabase(engine);
  let job: ShardsShell;
  beforeEach(async () => {
    job = await ShardsShell.open(engine, database);
  });

  test("finish checks the number of records, and moves sequences", async () => {
    await database.exec("drop table t; create table t (id serial primary key, n int, hist text)");
    for (const which of ["0/2", "1/2"]) await job.shard(which);
    const few = await job.finish("--expect-rows", "8");
    const done = await job.finish("--expect-rows", "7", "--sync-sequences", "--table", "t");

    expect(few.code).toBe("SOURCE_ROWS");
    expect(done.exit).toBe(3);
    expect(await database.rows("select nextval('t_id_seq')")).toEqual([["5"]]);
  });

  test("a plan says what the shard does", async () => {
    const args = ["plan", "in.csv", "--to", database.url, "--table", "t", "--key", "id"];
    const { stdout } = await job.shell.run([
      ...args,
      "--job",
      "j",
      "--commit",
      "9",
      "--shard",
      "0/8",
    ]);

    expect(stdout).toContain("shard 0 of 8: all sources are read");
  });

  test.each<[string, string, string[], string]>([
    ["a second unique key", "id int primary key, n int unique, hist text", [], "the unique key"],
    [
      "a key with an order of its own",
      "id numeric primary key, n int, hist text",
      [],
      "can be equal in different spellings",
    ],
    ["a reference to the table", "id int primary key, n int references t, hist text", [], "(n)"],
    [
      "looking first",
      "id int primary key, n int, hist text",
      ["--mode", "update"],
      "looking up rows",
    ],
  ])("%s is refused, and why", async (_, columns, flags, cause) => {
    await database.exec(`drop table t; create table t (${columns})`);
    job.shell.flags = ["--key", "id"];
    const refused = await job.shard("0/2", flags);

    expect([refused.exit, refused.code]).toEqual([2, "PLAN_SHARDS"]);
    expect(refused.cause).toContain(cause);
    expect(await database.rows("select count(*) from t")).toEqual([["0"]]);
  });

  test("so is a stream, and a database that takes one writer", async () => {
    const shard = ["--shard", "0/2"];
    const streams = [
      await job.shell.load("- --job j", shard, SHARED_RECORDS),
      await job.shell.load("in.csv - --job j", shard, SHARED_RECORDS),
    ];
    const file = ["in.csv", "--to", "new.db", "--table", "t", "--key", "id", "--job", "j"];
    const made = ["in.csv", "--to", "new.db", "--table", "t", "--key", "id", "--create"];
    await job.shell.run([...made, "--max-rejects", "9"]);
    const sqlite = await job.shell.run([...file, "--commit", "2", ...shard, "--json"]);

    for (const stream of streams)
      expect([stream.code, stream.cause]).toEqual([
        "PLAN_SHARDS",
        expect.stringContaining("a stream"),
      ]);
    expect([sqlite.code, sqlite.cause]).toEqual([
      "PLAN_SHARDS",
      expect.stringContaining("one writer"),
    ]);
  });
});

/** A second finish at the same time. */
async function runFinish(url: string, more: readonly string[]): Promise<{ exit: number }> {
  const { exitCode } = await runUpsurge(["finish", "--to", url, "--job", "j", "--json", ...more]);
  return { exit: exitCode };
}

/** What a load that cannot be says on stderr. */
async function load(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const cwd = tempDir();
  writeFileSync(join(cwd, "in.csv"), "id\n1\n");
  const args = [
    "in.csv",
    "--to",
    "none.db",
    "--table",
    "t",
    "--job",
    "j",
    "--commit",
    "9",
    ...flags,
  ];
  return (await runUpsurge(args, { cwd, env })).stderr;
}

describe("which shard a process is", () => {
  test.each(["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "SLURM_ARRAY_TASK_ID"])(
    "is taken from %s, which counts from 0",
    async (name) => {
      const auto = ["--shard", "auto", "--shards", "3"];
      expect(await load(auto, { [name]: "0" })).toContain("TARGET_NOT_FOUND");
      expect(await load(auto, { [name]: "3" })).toContain(
        `${name} is '3', and 3 shards count from 0 to 2`,
      );
      expect(await load(auto, { [name]: "x" })).toContain("SHARD_AUTO");
    },
  );

  test("is not guessed", async () => {
    const auto = ["--shard", "auto", "--shards", "3"];
    expect(await load(auto)).toContain("none of JOB_COMPLETION_INDEX");
    expect(await load(auto, { JOB_COMPLETION_INDEX: "1", SLURM_ARRAY_TASK_ID: "2" })).toContain(
      "JOB_COMPLETION_INDEX is '1' and SLURM_ARRAY_TASK_ID is '2'",
    );
    expect(await load(["--shard", "auto"])).toContain("--shards is missing");
    expect(await load(["--shards", "3"])).toContain(
      "--shards does not go with a load without --shard",
    );
    expect(await load(["--shard", "3/3"])).toContain("I counts from 0 to N - 1");
  });

  test.each([
    [["--writers", "2"], "--writers"],
    [["--create"], "--create"],
    [["--truncate"], "--truncate"],
    [["--before", "select 1"], "--before"],
    [["--after", "select 1"], "--after"],
    [["--sync-sequences"], "--sync-sequences"],
    [["--expect-rows", "1"], "--expect-rows"],
    [["--delete-missing", "--key", "id"], "--delete-missing"],
    [["--follow-append"], "--follow-append"],
    [["--reset-job"], "--reset-job"],
    [["--dry-run"], "--dry-run"],
    [["--commit", "end"], "--commit end"],
  ])("%j is not one shard's to do", async (flags, flag) => {
    expect(await load([...flags, "--shard", "0/2"])).toContain(`${flag} does not go with --shard`);
  });

  test("has a job, whose name is not that of a shard", async () => {
    const cwd = tempDir();
    const args = ["in.csv", "--to", "none.db", "--table", "t", "--commit", "9", "--shard", "0/2"];
    expect((await runUpsurge(args, { cwd })).stderr).toContain("--job is missing");
    expect(await load(["--job", "j#0/2"])).toContain("does not end like that of a shard");
    expect((await runUpsurge(["finish", "--to", "none.db"])).stderr).toContain("--job is missing");
  });
});
