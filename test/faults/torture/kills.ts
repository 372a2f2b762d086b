/**
 * kill -9 at random moments: a load is killed again and again, run again with the same command, and checked once it has
 * said that it is done. Everything that is chosen comes from one seed a load.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { check } from "./check.ts";
import type { Place } from "./check.ts";
import { expectedOf } from "./expected.ts";
import type { Expected } from "./expected.ts";
import { argsOf, chooseChanging } from "./flags.ts";
import type { Fixed } from "./flags.ts";
import { commandLine, launch } from "./launch.ts";
import type { Command, Ended } from "./launch.ts";
import { Random } from "../../helpers/random.ts";
import { makeWorkload, setupSql } from "./workload.ts";
import type { Workload, WorkloadRequest } from "./workload.ts";

/** So many runs of one load come to its end, or never do. */
const MOST_RUNS = 40;

/** Of the time of a run, this much is left to the next one, which goes on where it was killed. */
const LEFT = 0.85;

/** One load, and how it is to be treated. */
export interface Round {
  readonly seed: number;
  /** Of an undisturbed run; kills come within 1.1 of it. `null`: nothing is killed. */
  readonly wholeMs: number | null;
  /** The program; the built one unless another is given. */
  readonly bin?: string;
}

/** What came of a load. */
export interface RoundResult {
  readonly kills: number;
  readonly records: number;
  readonly runs: number;
  /** Of the last run. */
  readonly ms: number;
  readonly violations: readonly string[];
}

/** Loads once, through all its kills. */
export async function killRound(place: Place, { seed, wholeMs, bin }: Round): Promise<RoundResult> {
  const random = new Random(seed);
  const { workload, fixed } = chooseLoad(random);
  const expected = expectedOf(workload);
  await prepare(place, workload, random);
  const most = wholeMs === null ? 0 : random.int(2, 8);
  const next = (): Command => ({
    args: argsOf(place.database.url, workload, fixed, chooseChanging(place.target, random)),
    cwd: place.folder,
    stdin: fixed.stdin ? (workload.files[0]?.stored ?? null) : null,
    ...(bin === undefined ? {} : { bin }),
  });
  const violations: string[] = [];
  let kills = 0;
  for (let runs = 1; ; runs += 1) {
    const command = next();
    const ended =
      kills < most && wholeMs !== null
        ? await killed(command, random.next() * 1.1 * wholeMs * LEFT ** kills)
        : await launch(command).ended;
    if (ended.signal === "SIGKILL" && !ended.hung) {
      kills += 1;
      continue;
    }
    const result = { kills, records: workload.records, runs, ms: ended.ms };
    if (ended.exit === 75 && runs < MOST_RUNS) continue;
    violations.push(...(await check(place, expected, ended)));
    if (ended.hung) violations.push("hang: the run did not end");
    if (violations.length === 0 && random.chance(0.25)) {
      violations.push(...(await checkNothingMore(place, expected, next())));
    }
    if (violations.length > 0) violations.push(`the last run was: ${commandLine(command)}`);
    return { ...result, violations };
  }
}

/** A finished job is not repeated. */
async function checkNothingMore(
  place: Place,
  expected: Expected,
  command: Command,
): Promise<string[]> {
  const ended = await launch(command).ended;
  const wrong = await check(place, expected, ended);
  return wrong.map((each) => `after the job was done, run once more: ${each}`);
}

async function killed(command: Command, afterMs: number): Promise<Ended> {
  const { child, ended } = launch(command);
  const over = new AbortController();
  void ended.then(() => over.abort());
  await sleep(afterMs, undefined, { signal: over.signal }).catch(() => {});
  child.kill("SIGKILL");
  return await ended;
}

/** A load of any kind. */
function chooseLoad(random: Random): { workload: Workload; fixed: Fixed } {
  const sources = random.pick([1, 1, 1, 2, 3]);
  const isWhole = random.chance(0.15);
  const request: WorkloadRequest = {
    seed: random.int(0, 2 ** 30),
    format: random.pick(["csv", "ndjson"]),
    records: random.int(300, 2000),
    sources,
    // With many rejects there is one writer; with few or none, several.
    bad: random.pick([0, 1, 3, 40]),
    gzip: random.chance(0.25),
    audit: random.chance(0.35),
    deletes: random.chance(0.3),
  };
  const fixed: Fixed = {
    strategy: random.chance(0.3) ? "select-then-write" : "native",
    commit: isWhole ? null : random.pick([60, 130, 300, 700]),
    stdin: sources === 1 && random.chance(0.25),
  };
  return { workload: makeWorkload(request), fixed };
}

/** Empties the database, makes the tables, and writes the sources. */
export async function prepare(
  { target, database, folder }: Place,
  workload: Workload,
  random: Random,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  await database.reset();
  if (target === "sqlite" && random.chance(0.3)) await database.rows("pragma journal_mode = wal");
  await database.exec(setupSql(target, workload));
  for (const { name, stored } of workload.files) writeFileSync(join(folder, name), stored);
}
