/**
 * What `npm test` runs of the suite, and what is left to `npm run test:all`: the one list. A file, a number of random runs or
 * a way of loading that stands nowhere here belongs to both. `complete.test.ts` holds that nothing is missing from `npm test`.
 */

import { appendFileSync } from "node:fs";
import { filesDone, noteCut } from "./once.ts";
import type { Cut } from "./once.ts";
import { SECONDS } from "./seconds.ts";

/** `fast` is what `npm test` runs; whoever calls vitest himself gets everything of what he names. */
type Tier = "fast" | "all";

/** The tier of this run. */
const TIER: Tier = process.env["UPSURGE_TEST_TIER"] === "fast" ? "fast" : "all";

/** Notes that something is left out, where it is. */
function isLeftOut(leftOut: boolean, kind: Cut): boolean {
  if (leftOut) noteCut(kind);
  return leftOut;
}

/** Files that only `test:all` runs, and what of theirs `npm test` does all the same. */
const ONLY_ALL: Readonly<Record<string, string>> = {
  "cli/completion-shells.test.ts": "what the shells are answered: cli/completion",
  "cli/install.test.ts": "the program alone in a folder: cli/bundle",
  "demo.test.ts": "its commands are met one by one: pages/sessions",
  "faults/any-message.test.ts": "cut connections at each fail point: faults/fail-points-*",
  "faults/drill-postgres.test.ts": "proves the checks, not the program",
  "faults/drill-sqlite.test.ts": "proves the checks, not the program",
  "faults/jobs-memory.test.ts": "two million records",
  "faults/memory.test.ts": "records of 300 MiB; their limit: unit/read/limits",
  "faults/network-jobs.test.ts": "cut connections at each fail point: faults/fail-points-*",
  "faults/network.test.ts": "deadlines, which have to pass; a lost commit: faults/lost-commit",
  "faults/sqlserver-any-request.test.ts": "some requests: faults/sqlserver-cuts",
  "faults/sqlserver-effects.test.ts": "other readings of the documents: faults/sqlserver-doomed",
  "faults/sqlserver-entra.test.ts":
    "logins with a token; what they are made of: unit/targets/sqlserver-connection-open",
  "faults/sqlserver-locks.test.ts": "locks of other sessions: faults/server, faults/sqlite-file",
  "faults/sqlserver-jobs.test.ts": "jobs on the other targets: targets/jobs-*, faults/same-job",
  "faults/sqlserver-network.test.ts": "some requests: faults/sqlserver-cuts",
  "faults/sqlserver-signals.test.ts": "signals: cli/process, faults/job-signals",
  "faults/steps-killed.test.ts":
    "jobs that are killed: faults/fail-points-*; --truncate once: targets/truncate",
  "targets/nest-chinook.test.ts":
    "a shop's files, where they are at hand; nested loads: laws/nest, targets/nest-*",
  "pages/shards.test.ts": "eight processes at once; three of them: faults/shards",
  "targets/postgres-wide.test.ts": "80 columns and more; the limits: unit/targets/postgres",
  "targets/sqlite-drivers.test.ts": "each driver by itself: unit/targets/sqlite/drivers",
  "targets/sqlserver-servers.test.ts":
    "servers of other makers and levels; what is asked of them: unit/targets/sqlserver",
  "targets/sqlserver-grammar.test.ts": "the statements are run by targets/conformance",
  "targets/sqlserver-findings.test.ts":
    "single rules of one target; all of its ways: targets/conformance",
  "targets/sqlserver-ignoring.test.ts":
    "a single rule of one target; all of its ways: targets/conformance",
  "targets/sqlserver-long-values.test.ts":
    "a single rule of one target: unit/targets/sqlserver/types",
  "unit/read/limits.test.ts": "records of 100 MiB",
};

/** How often something random is tried: in `npm test`, in `test:all`, and the variable that says otherwise. */
const RUNS = {
  "any batching": [4, 12, "UPSURGE_TEST_LAW_RUNS"],
  "any batching, translated": [1, 5, "UPSURGE_TEST_LAW_RUNS"],
  "any batching, emptied": [1, 4, "UPSURGE_TEST_LAW_RUNS"],
  "a run": [2, 8, "UPSURGE_TEST_LAW_RUNS"],
  rejects: [5, 20, "UPSURGE_TEST_LAW_RUNS"],
  "rejects, translated": [1, 4, "UPSURGE_TEST_LAW_RUNS"],
  "a second load": [6, 15, "UPSURGE_TEST_LAW_RUNS"],
  "delete when": [3, 8, "UPSURGE_TEST_LAW_RUNS"],
  "delete when, translated": [1, 3, "UPSURGE_TEST_LAW_RUNS"],
  "delete missing": [3, 8, "UPSURGE_TEST_LAW_RUNS"],
  "delete missing, translated": [1, 3, "UPSURGE_TEST_LAW_RUNS"],
  late: [4, 12, "UPSURGE_TEST_LAW_RUNS"],
  "late, translated": [2, 4, "UPSURGE_TEST_LAW_RUNS"],
  values: [10, 30, "UPSURGE_TEST_LAW_RUNS"],
  "values, translated": [3, 8, "UPSURGE_TEST_LAW_RUNS"],
  "look-ups": [25, 60, "UPSURGE_TEST_LOOKUPS"],
  "look-ups, translated": [6, 12, "UPSURGE_TEST_LOOKUPS"],
  nested: [1, 4, "UPSURGE_TEST_LAW_RUNS"],
  "nested, alike": [2, 12, "UPSURGE_TEST_LAW_RUNS"],
  "nested, translated": [1, 2, "UPSURGE_TEST_LAW_RUNS"],
  "nested jobs": [1, 3, "UPSURGE_TEST_LAW_RUNS"],
  "kills of nested jobs": [2, 20, "UPSURGE_TEST_TORTURE_KILLS"],
  "going on": [50, 200, "UPSURGE_TEST_READING_PATH_RUNS"],
  "hostile names, in percent": [12, 100, "UPSURGE_TEST_HOSTILE_PERCENT"],
  "jobs resume": [4, 10, "UPSURGE_TEST_LAW_RUNS"],
  kills: [4, 50, "UPSURGE_TEST_TORTURE_KILLS"],
  "kills of runs": [2, 40, "UPSURGE_TEST_TORTURE_KILLS"],
  "kills of any run": [2, 30, "UPSURGE_TEST_TORTURE_KILLS"],
  "reading paths": [300, 2000, "UPSURGE_TEST_READING_PATH_RUNS"],
  "binary spellings": [25, 60, "UPSURGE_TEST_LAW_RUNS"],
  "orders of files": [4, 20, "UPSURGE_TEST_LAW_RUNS"],
  packed: [6, 20, "UPSURGE_TEST_LAW_RUNS"],
  "plan truth": [6, 1000, "UPSURGE_TEST_LAW_RUNS"],
  "read ahead": [60, 200, "UPSURGE_TEST_LAW_RUNS"],
  repeats: [3, 12, "UPSURGE_TEST_LAW_RUNS"],
  "repeats, translated": [2, 4, "UPSURGE_TEST_LAW_RUNS"],
  secrets: [3, 8, "UPSURGE_TEST_LAW_RUNS"],
  signals: [2, 8, "UPSURGE_TEST_SIGNAL_ROUNDS"],
  shards: [1, 4, "UPSURGE_TEST_LAW_RUNS"],
  "split keys": [2, 10, "UPSURGE_TEST_LAW_RUNS"],
  "split pieces": [1, 6, "UPSURGE_TEST_LAW_RUNS"],
  writers: [1, 8, "UPSURGE_TEST_LAW_RUNS"],
} as const satisfies Record<string, readonly [fast: number, all: number, variable: string]>;

/** How often, in this run. */
export function timesOf(name: keyof typeof RUNS): number {
  const [fast, all, variable] = RUNS[name];
  const given = Number(process.env[variable] ?? "");
  if (given > 0) return given;
  return isLeftOut(TIER === "fast" && fast < all, "parts") ? fast : all;
}

/**
 * Where `npm test` runs suites that say little of a database; `test:all` runs them everywhere. Nested loads are taken to the
 * translated SQL Server by targets/nest-links, nest-keys, nest-options and nest-rejects.
 */
const ENGINES_OF = {
  shared: ["sqlite"],
  jobs: ["sqlite", "postgres"],
  tables: ["sqlite", "postgres"],
  nested: ["sqlite", "postgres"],
} as const satisfies Record<string, readonly string[]>;

/** A kind of such suites. */
export type SuiteKind = keyof typeof ENGINES_OF;

/** True where this run takes suites of the kind to the engine. */
export function runsOn(kind: SuiteKind, engine: string): boolean {
  const has = ENGINES_OF[kind].some((name) => name === engine);
  return !isLeftOut(TIER === "fast" && !has, "tests");
}

/**
 * How many ways of loading a case is tried in: each strategy with each row source, each row source with one, or one; or one of
 * two cases in one, so that all cases together come to all pairs.
 */
export type Share = "each pair" | "each row source" | "one" | "one of two";

/** What `npm test` tries of each case; sizes of batches, and what else is left to choose, change from case to case. */
const SHARES = {
  "look-ups": { sqlite: "each pair", postgres: "each pair", sqlserver: "one" },
  values: { sqlite: "each pair", postgres: "each pair", sqlserver: "one" },
  conformance: { sqlite: "each pair", postgres: "each row source", sqlserver: "one of two" },
  nested: { sqlite: "one", postgres: "each row source", sqlserver: "one" },
  scenarios: { sqlite: "one", postgres: "one", sqlserver: "one of two" },
} as const satisfies Record<string, Record<"sqlite" | "postgres" | "sqlserver", Share>>;

/** A suite that tries each of its cases in many ways. */
export type Suite = keyof typeof SHARES;

/** What `test:all` tries where all ways take too long for what more they could find: a size of batches for each pair. */
const SHARES_OF_ALL: Readonly<Partial<Record<Suite, Share>>> = {
  conformance: "each pair",
  scenarios: "each pair",
};

/** The share of a suite's ways that this run tries; `null`: all of them. */
export function shareOf(suite: Suite, engine: "sqlite" | "postgres" | "sqlserver"): Share | null {
  if (isLeftOut(TIER === "fast", "tests")) return SHARES[suite][engine];
  return SHARES_OF_ALL[suite] ?? null;
}

/** How much of a list `npm test` takes, from its beginning; `test:all` takes all of it. */
const FIRST = {
  "batch sizes of single tests": 1,
  "faults at each fail point": 1,
  "moments of each fail point": 1,
  "kinds of jobs on a failing server": 1,
  "kinds of states on a failing server": 1,
  "runs of one job at once": 1,
  "targets of runs at once": 1,
  "strategies under cuts": 1,
  "moments of a table that is dropped": 1,
  "kinds of failing threads": 1,
  "moments of a cut": 3,
  "sizes of batches with records at fault": 1,
  "loads that another run overtakes": 2,
  "lost commits": 3,
  "commits of unknown outcome": 2,
  "numbers of writers after two": 1,
  "moments of a load that makes its table": 2,
  "ways by the primary key": 1,
  "moments of a run": 3,
  "pages in a browser": 4,
  "keys of shards": 3,
  "kills of shards": 1,
  "connections that psql makes": 8,
  "ways of several writers": 3,
  "heaps with many members": 1,
  "ways to take a file away": 1,
  "ways while a table goes": 3,
} as const satisfies Record<string, number>;

/** What this run takes of a list. */
export function firstOf<T>(name: keyof typeof FIRST, list: readonly T[]): readonly T[] {
  return takeFirst(list, FIRST[name], "parts");
}

/** The same of a list of which each test tells its one in its title. */
export function firstTests<T>(name: keyof typeof FIRST, list: readonly T[]): readonly T[] {
  return takeFirst(list, FIRST[name], "tests");
}

function takeFirst<T>(list: readonly T[], most: number, kind: Cut): readonly T[] {
  return isLeftOut(TIER === "fast" && list.length > most, kind) ? list.slice(0, most) : list;
}

/** Where `npm test` takes each case to one of several, by turns, of which each gets its share; `test:all` takes it to all. */
const BY_TURNS = ["distributed servers"] as const;

/** True where this run takes the `at`-th case to the one whose turn is `turn`, of `length`. */
export function takesTurn(
  _name: (typeof BY_TURNS)[number],
  length: number,
  { at, turn }: { readonly at: number; readonly turn: number },
): boolean {
  // Whatever goes round with the cases as well comes to each of them.
  const isIts = (at + Math.floor(at / length)) % length === turn;
  return !isLeftOut(TIER === "fast" && !isIts, "tests");
}

/** Fail points that `npm test` tries with several writers, who share the others' code with one. */
const POINTS_OF_WRITERS = ["applied", "moved", "committed", "share", "sealed"];

/** True where this run tries a fail point with several writers. */
export function triesWithWriters(point: string): boolean {
  return !isLeftOut(TIER === "fast" && !POINTS_OF_WRITERS.includes(point), "parts");
}

/** What vitest leaves out in this run: `test:all` what `npm test` has run in full before it, where that was noted. */
export function leftOut(): string[] {
  const always = ["**/node_modules/**", "dist/**"];
  if (TIER === "fast") return [...always, ...Object.keys(ONLY_ALL).map((name) => `test/${name}`)];
  return [...always, ...filesDone()];
}

/** When what `test:all` adds is over, in seconds since 1970; nothing is left out without it. */
const UNTIL = Number(process.env["UPSURGE_TEST_UNTIL"] ?? "");

/** True once the time of this run is over. */
export function isTimeOver(): boolean {
  return TIER === "all" && UNTIL > 0 && Date.now() / 1000 > UNTIL;
}

/** Notes that a test of this file was left out, since the time is over. */
export function noteLeftOut(file: string): void {
  const path = process.env["UPSURGE_TEST_LEFT_OUT"] ?? "";
  if (path !== "") appendFileSync(path, `${file}\n`);
}

/** True where `npm test` notes what it runs. */
export const IS_FAST = TIER === "fast";

/** What is expected of any other file. */
const SHORT = 1;

/** The seconds that are expected of a test file, given by its path. */
export function secondsOf(path: string): number {
  const name = path.slice(path.lastIndexOf("/test/") + "/test/".length);
  const [fast, all] = SECONDS[name] ?? [SHORT, SHORT];
  return TIER === "fast" ? fast : all;
}
