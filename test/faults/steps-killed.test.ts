/**
 * A job that empties its table and runs SQL before and after its records is killed at every moment of its transactions, and
 * run again: the table is emptied once, and what was committed is not repeated.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import type { FailPoint } from "../../src/testing/fail-point.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { firstOf } from "../tiers/tiers.ts";
import { AT_FAIL_POINT, launch } from "./torture/launch.ts";
import type { Ended } from "./torture/launch.ts";

const POINTS: readonly FailPoint[] = [
  "taken-over",
  "begin",
  "row-locked",
  "apply",
  "applied",
  "moved",
  "commit",
  "committed",
];
const IDS = ["1", "2", "3", "4", "5", "6"];
const OLD = [["1"], ["90"], ["91"]];

function note(what: string): string {
  return `insert into log select '${what}', count(*) from t`;
}

describe.each(ENGINES.filter(({ name }) => name !== "sqlserver"))("$title", (engine) => {
  const database = useDatabase(engine);
  const folder = mkdtempSync(join(tmpdir(), "upsurge-steps-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const ids = (): Promise<(string | null)[][]> => database.rows("select id from t order by id");

  const start = async (): Promise<void> => {
    await database.reset();
    await database.exec("create table t (id int primary key, n int)");
    await database.exec("create table log (what text, n int)");
    await database.exec("insert into t values (1, 0), (90, 0), (91, 0)");
    writeFileSync(join(folder, "in.csv"), `id,n\n${IDS.map((id) => `${id},1\n`).join("")}`);
  };
  const run = async (env: Record<string, string> = {}): Promise<Ended> => {
    const steps = ["--truncate", "--before", note("before"), "--after", note("after")];
    const job = ["--commit", "2", "--job", "j", "--json", "--quiet"];
    const args = ["in.csv", "--to", database.url, "--table", "t", ...steps, ...job];
    const preload = "UPSURGE_FAULT" in env ? [AT_FAIL_POINT] : [];
    return await launch({ args, cwd: folder, env, preload }).ended;
  };

  const times = firstOf("moments of each fail point", [1, 3]);
  const cells = POINTS.flatMap((point) => times.map((nth) => [point, nth] as const));
  test.each(cells)("killed at %s, the time %i", async (point, nth) => {
    await start();
    const killed = await run({ UPSURGE_FAULT: `${point}:${nth}:kill` });
    if (nth === 1) expect(killed.signal).toBe("SIGKILL");
    // All of the old rows are there, or none; nothing in between.
    const left = await ids();
    const isOld = left.length === OLD.length && left.some(([id]) => id === "90");
    if (isOld) expect(left).toEqual(OLD);
    else expect(left).toEqual(IDS.slice(0, left.length).map((id) => [id]));
    expect(await database.rows("select what, n from log")).toHaveLength(
      isOld ? 0 : left.length === IDS.length ? 2 : 1,
    );

    const ended = await run();
    expect(ended.exit, ended.stderr).toBe(0);
    const report = JSON.parse(ended.stdout) as Report;
    const counts = report.job?.alreadyLoadedAt === null ? report.counts : report.job?.earlier;
    expect(counts).toMatchObject({ read: 6, inserted: 6, removed: 3 });
    expect(await ids()).toEqual(IDS.map((id) => [id]));
    expect(await database.rows("select what, n from log order by what")).toEqual([
      ["after", "6"],
      ["before", "3"],
    ]);
  });
});
