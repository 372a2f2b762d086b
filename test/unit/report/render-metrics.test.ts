/** Metrics: the time of the last success, and the counts of loads into one table. */
import { expect, test } from "vitest";
import { noCounts, noLevelCounts } from "../../../src/model/counts.ts";
import { renderMetrics } from "../../../src/report/render/render-metrics.ts";
import type { Watched } from "../../../src/report/watched.ts";

const DONE: Watched = {
  status: "ok",
  exit: 0,
  target: "sqlite",
  dryRun: false,
  startedAt: "2026-05-31T13:57:47.000Z",
  endedAt: "2026-05-31T13:57:48.250Z",
  seconds: 1.25,
  bytes: 10,
  version: "1.0.0",
  failedLoad: null,
  loads: [],
};
const LATER = { ...DONE, endedAt: "2026-06-01T00:00:00.000Z" };

function lastSuccess(watched: Watched, before: string | null): string[] {
  return renderMetrics(watched, { name: "m", before })
    .split("\n")
    .filter((line) => line.startsWith("upsurge_last_success_timestamp_seconds"));
}

const FIRST = 'upsurge_last_success_timestamp_seconds{name="m"} 1780235868.25';

test.each<[string, Watched]>([
  ["a job that another run has", { ...LATER, status: "skipped" }],
  ["a dry run", { ...LATER, dryRun: true }],
  ["a run that failed", { ...LATER, status: "failed", exit: 4 }],
  ["rejects", { ...LATER, status: "rejects", exit: 3 }],
])("%s is no success: the time of the last one is kept as it was", (_, watched) => {
  const before = renderMetrics(DONE, { name: "m", before: null });

  expect(lastSuccess(DONE, null)).toEqual([FIRST]);
  expect(lastSuccess(watched, before)).toEqual([FIRST]);
  expect(lastSuccess(watched, null)).toEqual([]);
});

test("another run that ends with 0 is the last one, whatever the file held", () => {
  const before = renderMetrics(DONE, { name: "m", before: null });

  expect(lastSuccess(LATER, before)).toEqual([
    'upsurge_last_success_timestamp_seconds{name="m"} 1780272000',
  ]);
});

/** A load with so many records, and with so many rows on their level. */
function load(table: string, read: number, dropped: number): Watched["loads"][number] {
  const level = {
    load: "in.ndjson",
    level: 1,
    member: "parts",
    table: "t",
    mode: "upsert" as const,
  };
  return {
    load: "in.ndjson",
    table,
    counts: { ...noCounts(), read, inserted: read },
    rejects: [],
    rejectFile: null,
    rejectedBefore: 0,
    levels: [{ ...level, counts: { ...noLevelCounts(), read: dropped, dropped } }],
  };
}

test("loads into one table are added up, its rows on a level among records by themselves", () => {
  const loads = [load("t", 3, 1), load("u", 5, 0), load("t", 4, 2)];
  const lines = renderMetrics({ ...DONE, loads }, { name: "m", before: null }).split("\n");
  const told = lines.filter((line) => /^upsurge_last_run_counts.*[1-9]$/.test(line));

  expect(told.map((line) => line.replace('upsurge_last_run_counts{name="m",', "{"))).toEqual([
    '{table="t",count="read"} 7',
    '{table="t",count="inserted"} 7',
    '{table="t",member="parts",count="read"} 3',
    '{table="t",member="parts",count="dropped"} 3',
    '{table="u",count="read"} 5',
    '{table="u",count="inserted"} 5',
  ]);
});

test("the name of a table is within its quotes and its line, whatever is in it", () => {
  const lines = renderMetrics(
    { ...DONE, loads: [load('a"b\\c\nd', 1, 0)] },
    { name: "m", before: null },
  ).split("\n");

  expect(lines.filter((line) => /^[^#].*count="inserted"} 1$/.test(line))).toEqual([
    'upsurge_last_run_counts{name="m",table="a\\"b\\\\c\\nd",count="inserted"} 1',
  ]);
  expect(lines.filter((line) => !/^(?:# |upsurge_|$)/.test(line))).toEqual([]);
});

test("of differences that were not counted nothing is told", () => {
  const differencesTotal = { inserted: 1, updated: 2, removed: 0, extra: null };
  const lines = renderMetrics(
    { ...DONE, loads: [{ ...load("t", 1, 0), differencesTotal }] },
    { name: "m", before: null },
  ).split("\n");

  expect(lines.filter((line) => line.startsWith("upsurge_last_run_differences"))).toEqual([
    'upsurge_last_run_differences{name="m",table="t",kind="inserted"} 1',
    'upsurge_last_run_differences{name="m",table="t",kind="updated"} 2',
    'upsurge_last_run_differences{name="m",table="t",kind="removed"} 0',
  ]);
});
