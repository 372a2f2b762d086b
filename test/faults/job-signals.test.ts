/** SIGTERM, SIGINT and SIGHUP at random moments of loads that go on later. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { firstRound } from "../tiers/seed.ts";
import { timesOf } from "../tiers/tiers.ts";
import { signalRound } from "./torture/signals.ts";

const seed = firstRound("job-signals", "UPSURGE_TEST_SIGNAL_SEED");
const rounds = process.env["UPSURGE_TEST_SIGNAL_SEED"] === undefined ? timesOf("signals") : 1;
const MOST_ROUNDS = 80;

describe.each(["postgres", "sqlite"] as const)("%s", (target) => {
  const engine = ENGINES.find(({ name }) => name === target);
  if (engine === undefined) throw new Error(`there is no engine ${target}`);
  const database = useDatabase(engine);

  // As long as it takes: what hangs is found by the run itself.
  test("a load ends as its signal says, and is completed", { timeout: 0 }, async () => {
    const base = mkdtempSync(join(tmpdir(), "upsurge-signals-"));
    const place = { target, database, folder: join(base, "load") };
    try {
      const { ms: wholeMs, violations } = await signalRound(place, { seed, wholeMs: null });
      expect(violations).toEqual([]);
      let interrupted = 0;
      // On a busy machine a signal may come before the program listens or after its end: then there are more rounds.
      const isEnough = (done: number): boolean =>
        done >= rounds && (interrupted > 0 || rounds < 8 || done >= MOST_ROUNDS);
      for (let round = seed; !isEnough(round - seed); round += 1) {
        const result = await signalRound(place, { seed: round, wholeMs });
        const again = `to see it again: UPSURGE_TEST_SIGNAL_SEED=${round} npx vitest run test/faults/job-signals.test.ts -t ${target}`;
        expect(result.violations, again).toEqual([]);
        interrupted += result.interrupted;
      }
      if (rounds >= 8) expect(interrupted).toBeGreaterThan(0);
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  });
});
