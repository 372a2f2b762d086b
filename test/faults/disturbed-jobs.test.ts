/**
 * What befalls a job and is no kill at a fail point: the drill plants bugs to see that these scenarios find them, and here
 * the program itself must stand them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { BIN } from "./torture/launch.ts";
import { lockedOut } from "./torture/overlaps.ts";
import type { Scenario } from "./torture/scenario.ts";
import { durable, hung, interrupted, unknownError } from "./torture/scenarios.ts";
import type { TargetName } from "./torture/workload.ts";

type Named = readonly [title: string, scenario: Scenario];

const DURABLE: Named = ["rejects are on the disk before the commit that counts them", durable];

const SUITES: readonly { readonly target: TargetName; readonly scenarios: readonly Named[] }[] = [
  {
    target: "sqlite",
    scenarios: [
      DURABLE,
      ["an error that nobody knows is not tried again", unknownError],
      // On PostgreSQL a connection keeps the process waiting for as long as it lives.
      ["work that never settles does not end as if all were well", hung],
      ["a signal is told by the exit code", interrupted],
    ],
  },
  // The lock of a file: same-job.test.ts.
  { target: "postgres", scenarios: [DURABLE, ["the lock keeps another run out", lockedOut]] },
];

describe.each(SUITES)("$target", ({ target, scenarios }) => {
  const engine = ENGINES.find(({ name }) => name === target);
  if (engine === undefined) throw new Error(`there is no engine ${target}`);
  const database = useDatabase(engine);

  test.each(scenarios)("%s", async (_, scenario) => {
    const base = mkdtempSync(join(tmpdir(), "upsurge-disturbed-"));
    try {
      const folder = join(base, "load");
      expect(await scenario({ target, database, folder, bin: BIN })).toEqual([]);
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  });
});
