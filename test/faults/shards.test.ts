/**
 * Shards as processes of their own, all at once, each killed at random moments and started again with the same command: table,
 * counts and rejects are those of one process that was left alone.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FAIL_POINTS } from "../../src/testing/fail-point.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { firstOf } from "../tiers/tiers.ts";
import { AT_FAIL_POINT, launch } from "./torture/launch.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

const RECORDS = 4000;
const TABLE = "create table t (k int primary key, n int, hist text, check (n <> 77))";
const SET = "hist = target.hist || ',' || excluded.n";
const LOAD = [
  ..."--table t --key k --commit 150 -b 50 --max-rejects 1000 --json -q --set".split(" "),
  SET,
];

/** Keys that come again and again, spelled in several ways, missing, or no numbers. */
function keyOf(at: number): string {
  const key = String((at * 7919) % 211);
  if (at % 97 === 3) return `0${key}`;
  if (at % 89 === 5) return `+${key}`;
  if (at % 83 === 7) return "";
  return at % 101 === 9 ? `x${key}` : key;
}

function source(): string {
  const lines = Array.from({ length: RECORDS }, (_, at) => {
    const n = at % 131 === 130 ? 77 : at;
    return `${keyOf(at)},${n},${n}\n`;
  });
  return `k,n,hist\n${lines.join("")}`;
}

/** The same numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state >> 8;
  };
}

const ROUNDS = firstOf("kills of shards", [
  { shards: 3, kills: 1, seed: 7 },
  { shards: 8, kills: 2, seed: 11 },
] as const);

describe("shards that are killed", () => {
  const database = useDatabase(postgres);
  const start = async (): Promise<string> => {
    await database.reset();
    await database.exec(TABLE);
    const folder = tempDir();
    mkdirSync(join(folder, "in"));
    writeFileSync(join(folder, "in", "a.csv"), source());
    return folder;
  };
  const outcome = async (
    folder: string,
    counts: Readonly<Record<string, number>>,
  ): Promise<unknown> => ({
    counts,
    rows: await database.rows("select * from t order by k"),
    rejects: readFileSync(join(folder, "in", "a.csv.rejects.csv"), "utf8"),
    why: readFileSync(join(folder, "in", "a.csv.rejects.csv.jsonl"), "utf8"),
  });

  test.each(ROUNDS)(
    "$shards at once, each killed $kills times, equal one process",
    async ({ shards, kills, seed }) => {
      const alone = await start();
      const args = ["in/a.csv", "--to", database.url, ...LOAD, "--job", "j"];
      const one = await runUpsurge(args, { cwd: alone });
      expect(one.exitCode, one.stderr).toBe(3);
      const expected = await outcome(alone, JSON.parse(one.stdout).counts);

      const cwd = await start();
      const next = numbers(seed);
      const fates: string[] = [];
      const shard = async (index: number): Promise<number | null> => {
        for (let run = 0; ; run += 1) {
          const point = FAIL_POINTS[next() % FAIL_POINTS.length] ?? "begin";
          const fault = `${point}:${(next() % 4) + 1}:kill`;
          const ended = await launch({
            args: [...args, "--shard", `${index}/${shards}`],
            cwd,
            ...(run < kills ? { preload: [AT_FAIL_POINT], env: { UPSURGE_FAULT: fault } } : {}),
          }).ended;
          fates.push(`${index}: ${fault} ${ended.exit ?? ended.signal}\n${ended.stderr}`);
          if (run >= kills) return ended.exit;
        }
      };
      const exits = await Promise.all(Array.from({ length: shards }, (_, index) => shard(index)));
      const listed = await runUpsurge(["jobs", "--to", database.url, "--job", "j"]);
      const finished = await runUpsurge(["finish", "--to", database.url, "--job", "j", "--json"]);

      expect(exits, fates.join("")).toEqual(exits.map(() => expect.toBeOneOf([0, 3])));
      expect(
        fates.some((fate) => fate.includes("SIGKILL")),
        fates.join(""),
      ).toBe(true);
      expect([listed.exitCode, finished.exitCode], finished.stderr).toEqual([0, 3]);
      expect(await outcome(cwd, JSON.parse(finished.stdout).counts)).toEqual(expected);
    },
  );
});
