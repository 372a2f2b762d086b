/** What is said of a job of shards that cannot go on: no fix names a flag that shards refuse, and each does what it says. */
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { HISTORY_TABLE } from "../helpers/job-shell.ts";
import { SHARED_RECORDS, ShardsShell } from "../helpers/shards-shell.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const engine = postgres;

/** What a shard does not take. */
const REFUSED = /--reset-job|--follow-append|another name with --job/;

describe("the fix of a shard", () => {
  const database = useDatabase(engine);
  let job: ShardsShell;
  beforeEach(async () => {
    job = await ShardsShell.open(engine, database);
  });
  const finished = async (): Promise<void> => {
    await job.shard("0/2");
    await job.shard("1/2");
    expect((await job.finish()).exit).toBe(3);
  };
  /** As the fix says. */
  const forgotten = async (): Promise<void> => {
    expect((await job.shell.jobs("--forget", "j")).exit).toBe(0);
    for (const name of ["in.csv.rejects.csv", "in.csv.rejects.csv.jsonl"]) {
      if (job.shell.read(name) !== null) job.shell.remove(name);
    }
  };

  test("of a finished job whose file has grown", async () => {
    await finished();
    job.shell.write("in.csv", `${SHARED_RECORDS}9,9,9\n`);
    const grown = await job.shard("0/2");
    expect([grown.code, grown.fix]).toEqual([
      "SOURCE_CHANGED",
      expect.stringContaining("upsurge jobs --to URL --forget j"),
    ]);
    expect(grown.fix).not.toMatch(REFUSED);

    await forgotten();
    await finished();
    expect(await job.shell.table()).toContain("9:9");
  });

  test("of a finished job whose file begins otherwise", async () => {
    await finished();
    job.shell.write("in.csv", SHARED_RECORDS.replace("1,1,1", "1,3,3"));
    const other = await job.shard("1/2");
    expect([other.code, REFUSED.test(other.fix)], other.fix).toEqual(["SOURCE_CHANGED", false]);
  });

  test("of other options of the same shard", async () => {
    await job.shard("0/2");
    const other = await job.shard("0/2", ["--null", "7"]);
    expect([other.code, REFUSED.test(other.fix)], other.fix).toEqual(["JOB_OPTIONS", false]);
  });

  test.each(["finished", "begun"])("of a %s job whose table was made again", async (state) => {
    if (state === "finished") await finished();
    else await job.shard("0/2");
    await database.exec(`drop table t; ${HISTORY_TABLE}`);
    for (const which of ["0/2", "1/2"]) {
      const other = await job.shard(which);
      expect([other.code, REFUSED.test(other.fix)], other.fix).toEqual(["JOB_TABLE", false]);
      expect(other.fix).toContain("--keep-job");
    }
    expect((await job.shard("1/2", ["--keep-job"])).code).toBe(null);
  });
});
