/** The time of the last success in metrics: which runs are one, and what becomes of it after others. */
import { expect, test } from "vitest";
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
