/** What a plan says of shards against files that are cut first. */
import { expect, test } from "vitest";
import { compareWithSplit } from "../../../src/plan/shards/compare-split.ts";

const MB = 1e6;

test("many shards on few cores read more than a cut costs", () => {
  const [said = "", ...more] = compareWithSplit(1000 * MB, { index: 0, count: 8 });

  expect(more).toEqual([]);
  expect(said).toMatch(
    /^8 shards read 1\.0 GB each, about 2 min 0\d s of CPU in all; cut by `upsurge split` first, about 45\.4 s, of which 26\.0 s pass/,
  );
  expect(said).toMatch(
    /: pieces are done sooner on 4 cores or fewer, or where sources are slow to read$/,
  );
});

test("two shards do not", () => {
  const [said = ""] = compareWithSplit(1000 * MB, { index: 1, count: 2 });

  expect(said).toMatch(/: shards are done sooner, unless sources are slow to read$/);
});

test("nothing is said of streams, small sources and one shard", () => {
  const shard = { index: 0, count: 8 };

  expect(compareWithSplit(null, shard)).toEqual([]);
  expect(compareWithSplit(MB, shard)).toEqual([]);
  expect(compareWithSplit(1000 * MB, { index: 0, count: 1 })).toEqual([]);
});
