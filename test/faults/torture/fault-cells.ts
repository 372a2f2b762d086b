/**
 * Every named moment of a load × what can happen at it. The cells are made from `FAIL_POINTS`, so that a new moment is
 * tried by itself; one that no load here passes fails the tests.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FAIL_POINTS } from "../../../src/testing/fail-point.ts";
import type { FailPoint } from "../../../src/testing/fail-point.ts";
import { ENGINES, useDatabase } from "../../helpers/engines.ts";
import { firstOf, triesWithWriters } from "../../tiers/tiers.ts";
import { check } from "./check.ts";
import type { Place } from "./check.ts";
import { expectedOf } from "./expected.ts";
import { argsOf } from "./flags.ts";
import { runCounting, runPlain, runUnder } from "./in-process.ts";
import { prepare } from "./kills.ts";
import { AT_FAIL_POINT, commandLine, launch } from "./launch.ts";
import type { Command, Ended } from "./launch.ts";
import { Random } from "../../helpers/random.ts";
import { makeWorkload } from "./workload.ts";
import type { TargetName } from "./workload.ts";

/** What can happen at a moment. */
type Action = "kill" | "throw" | "cut";

/** A way to load, and what can happen to it. */
export interface FaultLoad {
  readonly target: TargetName;
  readonly writers: number;
  readonly actions: readonly Action[];
  /** Moments that such a load does not have. */
  readonly without: readonly FailPoint[];
}

/** So many runs after a fault are enough. */
const MOST_RUNS = 5;

/** What a run may end with when a fault has met it. */
const FAILED = [1, 75];

/** Declares the cells of one way to load. */
export function faultCells(load: FaultLoad): void {
  const { target, writers, actions, without } = load;
  const engine = ENGINES.find(({ name }) => name === target);
  if (engine === undefined) throw new Error(`there is no engine ${target}`);
  describe(`${engine.title}, ${writers} at work`, () => {
    const database = useDatabase(engine);
    const workload = makeWorkload({
      seed: 7,
      format: "csv",
      records: 96,
      sources: writers === 1 ? 2 : 1,
      bad: writers === 1 ? 9 : 2,
      gzip: false,
      audit: writers === 1,
    });
    const expected = expectedOf(workload);
    const fixed = { strategy: "native", commit: 16, stdin: false };
    const rowSource = target === "sqlite" ? "values" : "staged";
    let place: Place;
    let command: Command;
    let passed: ReadonlyMap<FailPoint, number>;
    const struck = new Set<FailPoint>();

    beforeAll(async () => {
      const base = mkdtempSync(join(tmpdir(), "upsurge-faults-"));
      place = { target, database, folder: join(base, "load") };
      const changing = { batchRows: 8, writers, rowSource };
      command = {
        args: argsOf(database.url, workload, fixed, changing),
        cwd: place.folder,
      };
      await prepare(place, workload, new Random(1));
      const counted = await runCounting(command);
      expect(await check(place, expected, counted.ended)).toEqual([]);
      passed = counted.passed;
    });
    afterAll(() => rmSync(join(place.folder, ".."), { recursive: true, force: true }));

    const tried = FAIL_POINTS.filter(
      (point) => !without.includes(point) && (writers === 1 || triesWithWriters(point)),
    );
    const suffered = firstOf("faults at each fail point", actions);
    const cells = tried.flatMap((point) => suffered.map((action) => [action, point] as const));
    test.each(cells)("%s at %s", async (action, point) => {
      const times = passed.get(point) ?? 0;
      expect(times, `how often ${point} is passed`).toBeGreaterThan(0);
      // The first time, where that is enough, and one in the middle.
      const moments = [Math.ceil(times / 2), ...(writers === 1 ? [1] : [])];
      for (const nth of new Set(firstOf("moments of each fail point", moments))) {
        await prepare(place, workload, new Random(1));
        const first = await suffer(command, { point, nth, action });
        if (first.struck) struck.add(point);
        else expect(nth, `${point} was not met`).not.toBe(1);
        const last = await runToEnd(command, first.ended);
        const wrong = await check(place, expected, last);
        expect(wrong, replay(command, { point, nth, action }, first.ended)).toEqual([]);
      }
    });

    test("there is no moment at which nothing happened", () => {
      expect(tried.filter((point) => !struck.has(point))).toEqual([]);
    });
  });
}

interface Cell {
  readonly point: FailPoint;
  readonly nth: number;
  readonly action: Action;
}

function killing(command: Command, { point, nth, action }: Cell): Command {
  return {
    ...command,
    preload: [AT_FAIL_POINT],
    env: { UPSURGE_FAULT: `${point}:${nth}:${action}` },
  };
}

async function suffer(
  command: Command,
  { point, nth, action }: Cell,
): Promise<{ readonly ended: Ended; readonly struck: boolean }> {
  if (action !== "kill") return await runUnder(command, { point, nth, action });
  const ended = await launch(killing(command, { point, nth, action })).ended;
  return { ended, struck: ended.signal === "SIGKILL" && !ended.hung };
}

/** The same command, until it says that all is done. */
async function runToEnd(command: Command, first: Ended): Promise<Ended> {
  let ended = first;
  for (let runs = 1; runs < MOST_RUNS; runs += 1) {
    const mayEndSo = ended.signal === "SIGKILL" || FAILED.includes(ended.exit ?? -1);
    if (!mayEndSo) return ended;
    ended = await runPlain(command);
  }
  return ended;
}

function replay(command: Command, cell: Cell, { exit, stderr }: Ended): string {
  return `to see it again: ${commandLine(killing(command, cell))}; it ended with ${exit}: ${stderr}`;
}
