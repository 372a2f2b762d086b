/** The torture of one target as a test: loads that are killed until so many kills are done, and the figures at the end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../../helpers/engines.ts";
import { firstRound } from "../../tiers/seed.ts";
import { timesOf } from "../../tiers/tiers.ts";
import { killRound } from "./kills.ts";
import type { Place } from "./check.ts";
import type { TargetName } from "./workload.ts";

/** How long a load takes undisturbed is found out again after so many. */
const MEASURED_EVERY = 25;

const seed = firstRound("torture", "UPSURGE_TEST_TORTURE_SEED");
const only = process.env["UPSURGE_TEST_TORTURE_TARGET"];

/** Declares the test of a target. */
export function tortureTarget(target: TargetName): void {
  const engine = ENGINES.find(({ name }) => name === target);
  if (engine === undefined) throw new Error(`there is no engine ${target}`);
  const most = timesOf("kills");
  describe.skipIf(only !== undefined && only !== "" && only !== target)(engine.title, () => {
    const database = useDatabase(engine);
    // As long as it takes: what hangs is found by the run itself.
    test(`${most} times killed, every record is applied once`, { timeout: 0 }, async () => {
      const base = mkdtempSync(join(tmpdir(), "upsurge-torture-"));
      try {
        await torture({ target, database, folder: join(base, "load") }, most);
      } finally {
        rmSync(base, { recursive: true, force: true });
      }
    });
  });
}

async function torture(place: Place, most: number): Promise<void> {
  const started = performance.now();
  const sum = { kills: 0, jobs: 0, records: 0, runs: 0 };
  const load = async (round: number, wholeMs: number | null): Promise<number> => {
    const { violations, kills, records, runs, ms } = await killRound(place, {
      seed: round,
      wholeMs,
    });
    expect(violations, replay(place.target, round)).toEqual([]);
    sum.kills += kills;
    sum.jobs += 1;
    sum.records += records;
    sum.runs += runs;
    return ms;
  };
  let wholeMs = 0;
  for (let round = seed; sum.kills < most; round += 1) {
    if ((round - seed) % MEASURED_EVERY === 0) wholeMs = await load(round, null);
    await load(round, wholeMs);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `torture of ${place.target}: ${sum.kills} kills, ${sum.jobs} jobs, ${sum.runs} runs, ${sum.records} records, 0 violations, ${seconds} s, --seed ${seed}`,
  );
}

function replay(target: TargetName, round: number): string {
  return `to see it again: npm run torture -- --target ${target} --kills 1 --seed ${round}`;
}
