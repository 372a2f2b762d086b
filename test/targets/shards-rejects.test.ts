/** The rejects of the shards of a job: how many there may be, and one file of them where files cannot have two names. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { ShardsShell } from "../helpers/shards-shell.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const engine = postgres;

describe("a job of shards", () => {
  const database = useDatabase(engine);
  let job: ShardsShell;
  beforeEach(async () => {
    job = await ShardsShell.open(engine, database);
  });

  test.each(["EPERM", "ENOTSUP", "EXDEV"])(
    "its rejects are put together where the file system has no hard links: %s",
    async (code) => {
      for (const which of ["1/2", "0/2"]) await job.shard(which);
      const { linkSync } = fs;
      fs.linkSync = () => {
        throw Object.assign(new Error(`${code}: link`), { code });
      };
      syncBuiltinESMExports();
      try {
        expect((await job.finish()).exit).toBe(3);
      } finally {
        fs.linkSync = linkSync;
        syncBuiltinESMExports();
      }

      expect(job.shell.read("in.csv.rejects.csv")).toBe("id,n,hist\n3,77,77\n,6,6\n");
      expect(fs.readdirSync(job.shell.folder).filter((name) => name.includes("rejects"))).toEqual([
        "in.csv.rejects.csv",
        "in.csv.rejects.csv.jsonl",
      ]);
    },
  );

  test("a share of rejects is one of the records of each shard, and a shard that has more says so", async () => {
    const strict = [await job.shard("0/2", ONE_IN_100), await job.shard("1/2", ONE_IN_100)];
    const stopped = strict.filter(({ exit }) => exit === 4);
    expect(stopped).not.toEqual([]);
    for (const { cause } of stopped)
      expect(cause).toMatch(/rejected, and --max-rejects is 1% of the records of this shard/);

    const lax = [await job.shard("0/2", ALL), await job.shard("1/2", ALL)];
    expect(lax.map(({ exit }) => exit)).not.toContain(4);
    expect(JSON.parse((await job.finish()).stdout)).toMatchObject({
      counts: { read: 7, rejected: 2 },
    });
  });
});

const ONE_IN_100 = ["--max-rejects", "1%"];
const ALL = ["--max-rejects", "100%"];
