/** The rejects of the shards of a job, put together where files cannot have two names. */
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
});
