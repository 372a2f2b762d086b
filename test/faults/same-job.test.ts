/** Runs of one job started together: the lock lets one work, and without it the epoch does. Every record is applied once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { firstOf } from "../tiers/tiers.ts";
import { parseReport } from "./torture/check.ts";
import { BIN, launch } from "./torture/launch.ts";
import type { Command, Ended } from "./torture/launch.ts";
import { overlapped, takenOver } from "./torture/overlaps.ts";
import { complete, heldAt, hindered, ready } from "./torture/scenario.ts";
import type { DrillPlace } from "./torture/scenario.ts";

const TARGETS = firstOf("targets of runs at once", [
  { target: "sqlite", writers: 1 },
  { target: "postgres", writers: 1 },
  { target: "postgres", writers: 2 },
] as const);

async function many(command: Command, runs: number): Promise<Ended[]> {
  return await Promise.all(Array.from({ length: runs }, async () => await launch(command).ended));
}

function withFlags(command: Command, ...flags: string[]): Command {
  return { ...command, args: [...command.args, ...flags] };
}

describe.each(TARGETS)("$target, $writers at work", ({ target, writers }) => {
  const engine = ENGINES.find(({ name }) => name === target);
  if (engine === undefined) throw new Error(`there is no engine ${target}`);
  const database = useDatabase(engine);
  let base = "";
  let place: DrillPlace;
  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), "upsurge-same-job-"));
    place = { target, database, folder: join(base, "load"), bin: BIN };
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  // Two of each, and five where that is most likely to go wrong.
  const counts = writers === 1 ? firstOf("runs of one job at once", [2, 5]) : [2];
  describe.each(counts)("%d runs at once", (runs) => {
    test("all but the one at work end with 75", async () => {
      const made = await ready(place, { writers });
      let others: Ended[] = [];
      const first = await heldAt(place, made.command, "begin:2", async () => {
        others = await many(made.command, runs - 1);
      });
      for (const { exit, stdout, stderr } of others) {
        expect(exit, stderr).toBe(75);
        expect(parseReport(stdout)?.error?.code).toBe("JOB_RUNNING");
      }
      expect(others).toHaveLength(runs - 1);
      expect(first.exit, first.stderr).toBe(3);
      expect(await complete(place, made)).toEqual([]);
    });

    test("with --if-locked skip they end with 0, and say so", async () => {
      const made = await ready(place, { writers });
      let others: Ended[] = [];
      await heldAt(place, made.command, "begin:2", async () => {
        others = await many(withFlags(made.command, "--if-locked", "skip"), runs - 1);
      });
      const told = others.map(({ exit, stdout }) => [exit, parseReport(stdout)?.status]);
      expect(told).toEqual(Array.from({ length: runs - 1 }, () => [0, "skipped"]));
      expect(await complete(place, made)).toEqual([]);
    });

    test("with --if-locked wait all come to the end", async () => {
      const made = await ready(place, { writers });
      const ended = await many(withFlags(made.command, "--if-locked", "wait"), runs);
      for (const { exit, stdout, stderr } of ended) expect(exit, `${stdout}${stderr}`).toBe(3);
      expect(await complete(place, made)).toEqual([]);
    });

    test.each([
      ["with the lock", (command: Command) => command],
      ["without it", (command: Command) => hindered(command, "no-lock")],
    ])("%s, started together, they apply every record once", async (_, how) => {
      const made = await ready(place, { writers });
      const ended = await many(how(made.command), runs);
      for (const { exit, stdout, stderr } of ended) {
        expect([3, 75], `${stdout}${stderr}`).toContain(exit);
      }
      // Each of two may have fenced the other; the next run comes to the end.
      expect(await complete(place, made)).toEqual([]);
    });
  });

  if (writers > 1) return;
  test("without the lock, a run that was overtaken sees it", async () => {
    expect(await overlapped(place)).toEqual([]);
    expect(await takenOver(place)).toEqual([]);
  });
});
