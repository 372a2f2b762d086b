/** Producers that die, under a job: the same command with the whole source goes on, and counts every record once. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { csv, sha256 } from "../helpers/stream-load.ts";
import { tempDir } from "../helpers/temp-dir.ts";

/** A record that is applied twice is seen in the sum. */
const TABLE = "create table t (k int primary key, n int, s text)";
const WHOLE = csv(12);
const CUT = csv(10).slice(0, -1);

describe.each(ENGINES.filter(({ name }) => name !== "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);

  async function run(
    folder: string,
    content: string | Uint8Array,
    flags: readonly string[],
  ): Promise<{ readonly exit: number; readonly code: string | undefined; readonly sum: string }> {
    const source = join(folder, "in.csv");
    writeFileSync(source, content);
    const into = ["--to", database.url, "--table", "t", "--key", "k", "--json"];
    const job = [
      "--job",
      "nightly",
      "--commit",
      "4",
      "-b",
      "2",
      "--set",
      "n = target.n + excluded.n",
    ];
    const { exitCode, stdout } = await runUpsurge([source, ...into, ...job, ...flags]);
    const [[count, sum] = []] = await database.rows("select count(*), sum(n) from t");
    const { error } = JSON.parse(stdout);
    return { exit: exitCode, code: error?.code, sum: `${count} rows, ${sum}` };
  }

  async function start(): Promise<string> {
    await database.reset();
    await database.exec(TABLE);
    return tempDir();
  }

  test.each([
    ["a cut line", ["--require-final-newline"], "SOURCE_INCOMPLETE"],
    ["too few records", ["--expect-rows", "12"], "SOURCE_ROWS"],
    ["another hash", ["--expect-sha256", sha256(WHOLE)], "SOURCE_CHECKSUM"],
  ])("%s: what is committed is not loaded again with the whole source", async (_, flags, code) => {
    const folder = await start();

    const cut = await run(folder, CUT, flags);
    const whole = await run(folder, WHOLE, flags);
    const again = await run(folder, WHOLE, flags);

    expect(cut).toEqual({ exit: 4, code, sum: "8 rows, 8" });
    expect(whole).toEqual({ exit: 0, code: undefined, sum: "12 rows, 12" });
    expect(again).toEqual(whole);
  });

  test.each([
    ["--expect-rows", "13", "SOURCE_ROWS"],
    ["--expect-sha256", sha256(CUT), "SOURCE_CHECKSUM"],
  ])("a job that is finished is still asked for %s", async (flag, value, code) => {
    const folder = await start();
    await run(folder, WHOLE, []);

    const again = await run(folder, WHOLE, [flag, value]);

    expect(again).toEqual({ exit: 4, code, sum: "12 rows, 12" });
  });

  test("a damaged file leaves a job as it was", async () => {
    const folder = await start();
    const bytes = gzipSync(WHOLE);

    const damaged = await run(folder, bytes.subarray(0, -4), []);
    const whole = await run(folder, bytes, []);

    expect(damaged).toMatchObject({ exit: 4, code: "SOURCE_CORRUPT" });
    expect(damaged.sum).toMatch(/^0 rows/);
    expect(whole).toEqual({ exit: 0, code: undefined, sum: "12 rows, 12" });
  });
});
