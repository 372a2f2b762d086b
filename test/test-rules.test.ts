/**
 * How tests wait: for what they must see, through `helpers/until.ts`, and never for a time; nor do they say how long anything
 * may take. A test that does so fails on a busy machine, or proves nothing on an idle one. What does not end is found by
 * vitest's own limit.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { LIMIT_MS, until } from "./helpers/until.ts";

/** A way that is refused: what it is called, how it is recognised, and examples of it. */
interface Refused {
  readonly pattern: RegExp;
  readonly examples: readonly string[];
}

const REFUSED = {
  /** Sleeping for a fixed time. */
  sleep: {
    pattern:
      /\bset(?:Timeout|Interval)\b|import (?!\{ setImmediate(?: as \w+)? \})[^;]*timers\/promises|\bscheduler\.wait\b|\bAtomics\.wait\b|\bpg_sleep|\bWAITFOR DELAY\b|["'`;&|( ]sleep \d/,
    examples: [
      'import { setTimeout as sleep } from "node:timers/promises";',
      'import * as timers from "node:timers/promises";',
      "await new Promise((resolve) => setTimeout(resolve, 10));",
      "const timer = setInterval(look, 10);",
      "await scheduler.wait(10);",
      "Atomics.wait(cell, 0, 0, 10);",
      'await database.exec("select pg_sleep(1)");',
      "await tell(session, \"WAITFOR DELAY '0:01'\");",
      'spawnSync("sh", ["-c", "sleep 1"]);',
    ],
  },
  /** Reading a clock, from which a time to assert or to wait comes. */
  clock: {
    pattern: /\bperformance\.(?:now|timeOrigin)\b|\bDate\.now\b|\bhrtime\b|\bnew Date\(\)/,
    examples: [
      "expect(performance.now() - started).toBeLessThan(2000);",
      "expect(Date.now() - started).toBeLessThan(2000);",
      "const started = process.hrtime.bigint();",
      "const started = new Date();",
    ],
  },
  /** Vitest's waiting, which gives up after a second. */
  waiter: {
    pattern: /\bvi\s*\.wait(?:For|Until)\b|\bexpect\s*\.poll\b/,
    examples: [
      "await vi.waitFor(() => expect(count).toBe(1));",
      "await vi.waitUntil(() => count === 1);",
      "await expect.poll(() => count).toBe(1);",
    ],
  },
  /** A limit of a test's own below that of all. */
  limit: {
    pattern:
      /\b(?:test|hook)Timeout\b|\{ timeout: [1-9]\d?\d?_?\d{0,3} \}|^\s*\}, \d[\d_]{3,}\);$/m,
    examples: [
      "vi.setConfig({ testTimeout: 60_000 });",
      'test("all", { timeout: 60_000 }, async () => {',
      "  }, 60_000);",
    ],
  },
} as const satisfies Record<string, Refused>;

type Way = keyof typeof REFUSED;

const WAYS = Object.keys(REFUSED) as Way[];

/** Who may, and why. */
const ALLOWED: Readonly<Record<string, { readonly ways: readonly Way[]; readonly why: string }>> = {
  "tiers/tiers.ts": { ways: ["clock"], why: "ends a whole run of the tests on a slow machine" },
  "helpers/until.ts": { ways: ["sleep", "clock"], why: "the one place that waits" },
  "unit/targets/sqlserver-support.ts": { ways: ["sleep"], why: "stops timers, and sets none" },
  "support/proxy/link.ts": {
    ways: ["sleep"],
    why: "the pace of a line that lets a byte pass now and then",
  },
  "faults/network.test.ts": {
    ways: ["sleep"],
    why: "a server at work, for longer in all than one statement may take",
  },
  "faults/memory.test.ts": { ways: ["sleep"], why: "looks at a process's memory now and then" },
  "faults/jobs-memory.test.ts": {
    ways: ["sleep"],
    why: "looks at a process's memory now and then",
  },
  "faults/torture/at-fail-point.mjs": {
    ways: ["sleep"],
    why: "stands still, between two looks at its gate",
  },
  "faults/torture/check.ts": {
    ways: ["sleep", "clock"],
    why: "tells a session that stays for good, and does not throw",
  },
  "faults/torture/in-process.ts": { ways: ["clock"], why: "a figure" },
  "faults/torture/kills.ts": { ways: ["sleep"], why: "kills come at random moments" },
  "faults/torture/launch.ts": {
    ways: ["sleep", "clock"],
    why: "kills a process that hangs, and a figure",
  },
  "faults/torture/signals.ts": { ways: ["sleep"], why: "signals come at random moments" },
  "tiers/progress.ts": { ways: ["sleep", "clock"], why: "tells how far a run is" },
  "faults/torture/torture.ts": { ways: ["clock"], why: "a figure" },
};

const FILES = readdirSync("test", { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.(?:ts|mjs|sql|sh|json)$/.test(path) && path !== "test-rules.test.ts")
  .toSorted();

/** What a text does that is refused. */
function refusedIn(text: string): Way[] {
  return WAYS.filter((way) => REFUSED[way].pattern.test(text));
}

describe("a test", () => {
  test.each(FILES)("waits for what it must see: %s", (path) => {
    const ways = refusedIn(readFileSync(`test/${path}`, "utf8"));

    expect(ways.filter((way) => ALLOWED[path]?.ways.includes(way) !== true)).toEqual([]);
  });

  test.each(Object.entries(ALLOWED))("still has its reason not to: %s", (path, { ways, why }) => {
    expect(why).not.toBe("");
    expect(refusedIn(readFileSync(`test/${path}`, "utf8"))).toEqual([...ways]);
  });

  test.each(WAYS.flatMap((way) => REFUSED[way].examples.map((example) => [way, example] as const)))(
    "would be found out: %s, %s",
    (way, example) => {
      expect(refusedIn(example)).toEqual([way]);
    },
  );
});

describe("waiting", () => {
  afterEach(() => void vi.useRealTimers());

  test("answers with what was enough", async () => {
    let looks = 0;
    const look = async (): Promise<number> => (looks += 1);
    expect(await until("a look", look)).toBe(1);
    expect(await until("more looks", look, (seen) => seen > 3)).toBe(4);
  });

  test("ends with what a look throws", async () => {
    await expect(until("anything", () => Promise.reject(new Error("gone")))).rejects.toThrow(
      "gone",
    );
  });

  test("in vain says for what, and what was there instead", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
    const waiting = until(
      "three sessions",
      () => ["one", "two"],
      ({ length }) => length === 3,
    );
    const failed = expect(waiting).rejects.toThrow(
      "waited 120 s for three sessions; last seen: [ 'one', 'two' ]",
    );
    await vi.advanceTimersByTimeAsync(LIMIT_MS + 1000);
    await failed;
  });
});
