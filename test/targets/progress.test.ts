/** The progress of whole loads: what is told when all was read, whatever was to be read. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { beforeEach, expect, test } from "vitest";
import { load } from "../../src/load/load.ts";
import type { Progress } from "../../src/model/report/progress.ts";
import { optionsOf } from "../helpers/options.ts";
import type { GivenOptions } from "../helpers/options.ts";
import { openSqliteFile } from "../helpers/sqlite-file.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const FILES = { "a.csv": "id\n1\n2\n3\n", "b.csv": "id\n4\n", "c.csv": "id\n5\n6\n7\n8\n" };

let folder = "";
beforeEach(() => {
  folder = tempDir(FILES);
  const database = openSqliteFile(join(folder, "t.db"));
  database.exec("create table t (id int primary key, n int check (id <> 7))");
  database.close();
});

function sizeOf(...names: readonly string[]): number {
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

type Phases = Partial<Record<Progress["phase"], Progress>>;

/** What a load tells of its phases: the last of each. */
async function told(sources: readonly string[], options: GivenOptions): Promise<Phases> {
  return (await course(sources, options)).last;
}

/** What a load tells when it enters its phases, and last in each. */
async function course(
  sources: readonly string[],
  options: GivenOptions,
): Promise<{ first: Phases; last: Phases }> {
  const first: Phases = {};
  const last: Phases = {};
  const all = { to: join(folder, "t.db"), table: "t", key: ["id"], ...options };
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  await load(
    sources.map((name) => (name === "-" ? name : join(folder, name))),
    optionsOf(all),
    {
      stdin: Readable.from([readFileSync(join(folder, "a.csv"))]),
      environment: {},
      log: quiet,
      signal: new AbortController().signal,
      onProgress: (progress) => {
        first[progress.phase] ??= progress;
        last[progress.phase] = progress;
      },
    },
  );
  return { first, last };
}

test("the phases of a load, in their order", async () => {
  expect(Object.keys(await told(["a.csv"], {}))).toEqual([
    "connecting",
    "catalog",
    "loading",
    "committing",
  ]);
});

test("a dry run commits nothing, and does not say so", async () => {
  expect(Object.keys(await told(["a.csv"], { dryRun: true }))).not.toContain("committing");
});

test("several files are one whole", async () => {
  const { committing } = await told(["a.csv", "b.csv", "c.csv"], { maxRejects: "9" });
  const bytes = sizeOf("a.csv", "b.csv", "c.csv");

  expect(committing).toMatchObject({ records: 8, rejected: 1, bytes, totalBytes: bytes, share: 1 });
});

test("with --limit the share is that of the records", async () => {
  const { committing } = await told(["a.csv", "c.csv"], { limit: 1 });

  expect(committing).toMatchObject({ records: 2, share: 1 });
});

test("a stream has no share", async () => {
  const { committing } = await told(["-"], {});

  expect(committing).toMatchObject({ records: 3, totalBytes: null, share: null });
});

test("a job that goes on has before it what it has not loaded", async () => {
  const job = { job: "j", commit: "2" };
  await told(["a.csv", "b.csv", "c.csv"], job);
  const { first, last } = await course(["a.csv", "b.csv", "c.csv"], { ...job, maxRejects: "1" });

  expect(first.loading).toMatchObject({ records: 6, recordsPerSecond: null });
  expect(last.committing).toMatchObject({ records: 8, bytes: sizeOf("c.csv"), share: 1 });
});
