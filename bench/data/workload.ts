/** The workloads: which rows the table holds before a load, and what the load must count. */
import type { Records } from "./records.ts";
import type { Shape } from "./shapes.ts";

/** The workloads by the letters that `--workloads` takes, with what they are. */
export const WORKLOADS = {
  A: "insert into an empty table",
  B: "update every row",
  C: "half new, half updates",
  D: "the same file again: nothing changes",
  I: "mode insert into an empty table",
  Z: "count clicks into an empty table: few pages, and some of them very often",
} as const;

/** The letter of a workload. */
export type Workload = keyof typeof WORKLOADS;

/** True when the workload makes sense of the shape: what is counted is for Z alone, and mode insert takes no key twice. */
export function suits(workload: Workload, shape: Shape): boolean {
  if (workload === "Z" || shape.pages !== null) return workload === "Z" && shape.pages !== null;
  return workload !== "I" || !shape.repeatsKeys;
}

/** What a load must report. */
export interface ExpectedCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** The version that the table holds of `key` before the load, or null when the row is not there. */
export function versionBefore(workload: Workload, records: Records, key: number): number | null {
  if (workload === "B") return 0;
  if (workload === "C") return key % 2 === 1 ? 0 : null;
  if (workload === "D") return records.lastVersion[key] ?? null;
  return null;
}

/** What a load of all records must report: each record is counted as if the records came one at a time. */
export function expectedCounts(workload: Workload, records: Records): ExpectedCounts {
  const counts = { inserted: 0, updated: 0, unchanged: 0 };
  const held = new Int32Array(records.lastVersion.length).fill(-1);
  for (const key of records.keys) held[key] = versionBefore(workload, records, key) ?? -1;
  for (const [index, key] of records.keys.entries()) {
    const version = records.versions[index] ?? 0;
    if (held[key] === -1) counts.inserted += 1;
    else if (held[key] === version) counts.unchanged += 1;
    else counts.updated += 1;
    held[key] = version;
  }
  return counts;
}
