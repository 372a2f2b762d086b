/**
 * What `npm test` runs of the suite, and what is left to `npm run test:all`: the one list. A file, a number of random runs or
 * a way of loading that stands nowhere here belongs to both. `complete.test.ts` holds that nothing is missing from `npm test`.
 */

import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** `fast` is what `npm test` runs; whoever calls vitest himself gets everything of what he names. */
type Tier = "fast" | "all";

/** The tier of this run. */
const TIER: Tier = process.env["UPSURGE_TEST_TIER"] === "fast" ? "fast" : "all";

/** Where `npm test` notes the files that it runs in full, for `test:all` after it; nothing is noted without it. */
const WHOLE = process.env["UPSURGE_TEST_WHOLE"] ?? "";

/** True once this run has left out a part of the test file at hand. */
let cut = false;

/** Begins with the next file: one process takes several. */
export function beginFile(): void {
  cut = false;
}

/** Notes that a part is taken, where it is one. */
function isPart(part: boolean): boolean {
  cut ||= part;
  return part;
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
  "any batching": [5, 20, "UPSURGE_TEST_LAW_RUNS"],
  "any batching, translated": [3, 8, "UPSURGE_TEST_LAW_RUNS"],
  "any batching, emptied": [1, 6, "UPSURGE_TEST_LAW_RUNS"],
  "a run": [2, 15, "UPSURGE_TEST_LAW_RUNS"],
  "a second load": [8, 25, "UPSURGE_TEST_LAW_RUNS"],
  "delete when": [4, 15, "UPSURGE_TEST_LAW_RUNS"],
  "delete when, translated": [2, 5, "UPSURGE_TEST_LAW_RUNS"],
  "delete missing": [4, 15, "UPSURGE_TEST_LAW_RUNS"],
  "delete missing, translated": [2, 4, "UPSURGE_TEST_LAW_RUNS"],
  late: [6, 25, "UPSURGE_TEST_LAW_RUNS"],
  "late, translated": [3, 8, "UPSURGE_TEST_LAW_RUNS"],
  values: [15, 60, "UPSURGE_TEST_LAW_RUNS"],
  "values, translated": [5, 15, "UPSURGE_TEST_LAW_RUNS"],
  "look-ups": [40, 120, "UPSURGE_TEST_LOOKUPS"],
  "look-ups, translated": [10, 25, "UPSURGE_TEST_LOOKUPS"],
  nested: [1, 6, "UPSURGE_TEST_LAW_RUNS"],
  "nested, alike": [3, 20, "UPSURGE_TEST_LAW_RUNS"],
  "nested, translated": [1, 2, "UPSURGE_TEST_LAW_RUNS"],
  "nested jobs": [1, 5, "UPSURGE_TEST_LAW_RUNS"],
  "kills of nested jobs": [3, 40, "UPSURGE_TEST_TORTURE_KILLS"],
  "going on": [50, 200, "UPSURGE_TEST_READING_PATH_RUNS"],
  "hostile names, in percent": [12, 100, "UPSURGE_TEST_HOSTILE_PERCENT"],
  "jobs resume": [4, 10, "UPSURGE_TEST_LAW_RUNS"],
  kills: [4, 100, "UPSURGE_TEST_TORTURE_KILLS"],
  "kills of runs": [4, 40, "UPSURGE_TEST_TORTURE_KILLS"],
  "reading paths": [800, 3000, "UPSURGE_TEST_READING_PATH_RUNS"],
  "binary spellings": [40, 120, "UPSURGE_TEST_LAW_RUNS"],
  packed: [6, 20, "UPSURGE_TEST_LAW_RUNS"],
  "plan truth": [6, 1000, "UPSURGE_TEST_LAW_RUNS"],
  "read ahead": [100, 200, "UPSURGE_TEST_LAW_RUNS"],
  repeats: [4, 20, "UPSURGE_TEST_LAW_RUNS"],
  "repeats, translated": [3, 6, "UPSURGE_TEST_LAW_RUNS"],
  secrets: [3, 15, "UPSURGE_TEST_LAW_RUNS"],
  signals: [2, 8, "UPSURGE_TEST_SIGNAL_ROUNDS"],
  shards: [1, 6, "UPSURGE_TEST_LAW_RUNS"],
  "split keys": [2, 20, "UPSURGE_TEST_LAW_RUNS"],
  "split pieces": [2, 12, "UPSURGE_TEST_LAW_RUNS"],
  writers: [1, 15, "UPSURGE_TEST_LAW_RUNS"],
} as const satisfies Record<string, readonly [fast: number, all: number, variable: string]>;

/** How often, in this run. */
export function timesOf(name: keyof typeof RUNS): number {
  const [fast, all, variable] = RUNS[name];
  const given = Number(process.env[variable] ?? "");
  if (given > 0) return given;
  return isPart(TIER === "fast" && fast < all) ? fast : all;
}

/** Where `npm test` runs suites that say little of a database; `test:all` runs them everywhere. */
const ENGINES_OF = {
  shared: ["sqlite"],
  jobs: ["sqlite", "postgres"],
  tables: ["sqlite", "postgres"],
} as const satisfies Record<string, readonly string[]>;

/** A kind of such suites. */
export type SuiteKind = keyof typeof ENGINES_OF;

/** True where this run takes suites of the kind to the engine. */
export function runsOn(kind: SuiteKind, engine: string): boolean {
  return !isPart(TIER === "fast" && !ENGINES_OF[kind].some((name) => name === engine));
}

/** How many ways of loading a case is tried in: each strategy with each row source, each row source with one, or one. */
export type Share = "each pair" | "each row source" | "one";

/** What `npm test` tries of each case; sizes of batches, and what else is left to choose, change from case to case. */
const SHARES = {
  "look-ups": { sqlite: "each pair", postgres: "each pair", sqlserver: "each row source" },
  values: { sqlite: "each pair", postgres: "each pair", sqlserver: "each row source" },
  conformance: { sqlite: "each pair", postgres: "each row source", sqlserver: "one" },
  nested: { sqlite: "one", postgres: "each row source", sqlserver: "one" },
  scenarios: { sqlite: "one", postgres: "one", sqlserver: "one" },
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
  if (isPart(TIER === "fast")) return SHARES[suite][engine];
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
  "moments of a cut": 3,
  "sizes of batches with records at fault": 2,
  "lost commits": 3,
  "commits of unknown outcome": 2,
  "numbers of writers after two": 1,
  "moments of a load that makes its table": 2,
  "ways by the primary key": 1,
  "moments of a run": 3,
  "pages in a browser": 4,
  "keys of shards": 3,
  "kills of shards": 1,
} as const satisfies Record<string, number>;

/** What this run takes of a list. */
export function firstOf<T>(name: keyof typeof FIRST, list: readonly T[]): readonly T[] {
  return isPart(TIER === "fast" && list.length > FIRST[name]) ? list.slice(0, FIRST[name]) : list;
}

/** Fail points that `npm test` tries with several writers, who share the others' code with one. */
const POINTS_OF_WRITERS = ["applied", "moved", "committed", "share", "sealed"];

/** True where this run tries a fail point with several writers. */
export function triesWithWriters(point: string): boolean {
  return !isPart(TIER === "fast" && !POINTS_OF_WRITERS.includes(point));
}

/** What vitest leaves out in this run: `test:all` what `npm test` has run in full before it, where that was noted. */
export function leftOut(): string[] {
  const always = ["**/node_modules/**", "dist/**"];
  if (TIER === "fast") return [...always, ...Object.keys(ONLY_ALL).map((name) => `test/${name}`)];
  return existsSync(WHOLE) ? [...always, ...readFileSync(WHOLE, "utf8").split("\n")] : always;
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

/** Notes, when a test file has ended in `npm test`, that nothing of it was left out. */
export function noteWhole(file: string): void {
  if (TIER === "fast" && WHOLE !== "" && !cut) appendFileSync(WHOLE, `${file}\n`);
}

/** Seconds that the longer files take on two quiet cores, in `npm test` and in `test:all`; for their order and the time left. */
const SECONDS: Readonly<Record<string, readonly [fast: number, all: number]>> = {
  "cli/bundle.test.ts": [9, 9],
  "cli/install.test.ts": [1, 60],
  "cli/report-in-browser.test.ts": [7, 18],
  "demo.test.ts": [1, 6],
  "faults/any-message.test.ts": [1, 30],
  "faults/compressed.test.ts": [4, 4],
  "faults/disturbed-jobs.test.ts": [4, 4],
  "faults/drill-postgres.test.ts": [1, 31],
  "faults/drill-sqlite.test.ts": [1, 45],
  "faults/exit-code.test.ts": [2, 10],
  "faults/fail-points-postgres-one.test.ts": [12, 39],
  "faults/fail-points-postgres-two.test.ts": [3, 56],
  "faults/fail-points-sqlite.test.ts": [11, 12],
  "faults/fewer-writers.test.ts": [5, 6],
  "faults/job-signals.test.ts": [5, 15],
  "faults/jobs-memory.test.ts": [1, 7],
  "faults/steps-killed.test.ts": [23, 46],
  "faults/writers.test.ts": [7, 13],
  "faults/lost-commit.test.ts": [8, 13],
  "faults/many-members.test.ts": [3, 3],
  "faults/memory.test.ts": [1, 9],
  "faults/network-jobs.test.ts": [1, 44],
  "faults/network.test.ts": [1, 30],
  "faults/outputs.test.ts": [5, 9],
  "faults/reject-files.test.ts": [6, 6],
  "faults/same-job.test.ts": [8, 44],
  "faults/server.test.ts": [16, 52],
  "faults/sources.test.ts": [3, 5],
  "faults/sqlite-file.test.ts": [3, 3],
  "faults/sqlserver-any-request.test.ts": [1, 34],
  "faults/sqlserver-connect.test.ts": [4, 6],
  "faults/sqlserver-cuts.test.ts": [7, 14],
  "faults/sqlserver-doomed.test.ts": [10, 13],
  "faults/sqlserver-answers.test.ts": [6, 6],
  "faults/sqlserver-effects.test.ts": [1, 15],
  "faults/sqlserver-entra.test.ts": [1, 12],
  "faults/sqlserver-jobs.test.ts": [1, 50],
  "faults/sqlserver-locks.test.ts": [9, 9],
  "faults/sqlserver-network.test.ts": [1, 17],
  "faults/sqlserver-signals.test.ts": [1, 21],
  "faults/streams.test.ts": [6, 6],
  "faults/terminated.test.ts": [3, 4],
  "faults/torture-postgres.test.ts": [10, 52],
  "faults/torture-sqlite.test.ts": [4, 30],
  "laws/any-batching.test.ts": [19, 87],
  "laws/commit-in-parts.test.ts": [8, 8],
  "laws/going-on.test.ts": [1, 9],
  "laws/hostile-names.test.ts": [5, 24],
  "laws/jobs-resume.test.ts": [5, 28],
  "laws/writers.test.ts": [19, 32],
  "laws/nest.test.ts": [6, 40],
  "laws/nest-model.test.ts": [3, 3],
  "laws/reading-paths.test.ts": [4, 8],
  "laws/repeats.test.ts": [8, 8],
  "laws/secrets.test.ts": [4, 9],
  "pages/examples.test.ts": [6, 6],
  "pages/sessions.test.ts": [6, 6],
  "pages/tools.test.ts": [8, 8],
  "scenarios.test.ts": [24, 181],
  "support/tsql/transactions.test.ts": [4, 4],
  "targets/before-after.test.ts": [15, 15],
  "targets/conformance.test.ts": [33, 165],
  "targets/findings.test.ts": [9, 9],
  "targets/grants.test.ts": [5, 5],
  "targets/header-fields.test.ts": [4, 4],
  "targets/jobs-append.test.ts": [11, 23],
  "targets/jobs-command.test.ts": [4, 7],
  "targets/jobs-finished.test.ts": [8, 8],
  "targets/jobs-follow.test.ts": [6, 6],
  "targets/jobs-options.test.ts": [11, 28],
  "targets/jobs-rejects.test.ts": [7, 16],
  "targets/jobs-sources.test.ts": [6, 15],
  "targets/jobs.test.ts": [5, 13],
  "targets/nest-affects-none.test.ts": [5, 12],
  "targets/nest-chinook.test.ts": [1, 25],
  "targets/nest-rejects.test.ts": [4, 8],
  "targets/postgres-binary.test.ts": [4, 6],
  "targets/postgres-connections.test.ts": [5, 5],
  "targets/postgres-encoding.test.ts": [4, 4],
  "targets/postgres-rejects.test.ts": [7, 7],
  "targets/postgres-repeats.test.ts": [5, 5],
  "targets/postgres-wide.test.ts": [7, 7],
  "targets/postgres.test.ts": [4, 4],
  "targets/sqlite-drivers.test.ts": [1, 240],
  "targets/sqlite-packed.test.ts": [6, 21],
  "targets/sqlserver-findings.test.ts": [1, 26],
  "targets/sqlserver-ignoring.test.ts": [1, 20],
  "targets/sqlserver-long-values.test.ts": [1, 8],
  "targets/sqlserver-grammar.test.ts": [1, 17],
  "targets/sqlserver-servers.test.ts": [12, 12],
  "targets/sync-sequences.test.ts": [9, 9],
  "targets/truncate.test.ts": [21, 21],
  "targets/unused-flags.test.ts": [4, 4],
  "unit/read/limits.test.ts": [1, 13],
};

/** What is expected of any other file. */
const SHORT = 1;

/** The seconds that are expected of a test file, given by its path. */
export function secondsOf(path: string): number {
  const name = path.slice(path.lastIndexOf("/test/") + "/test/".length);
  const [fast, all] = SECONDS[name] ?? [SHORT, SHORT];
  return TIER === "fast" ? fast : all;
}
