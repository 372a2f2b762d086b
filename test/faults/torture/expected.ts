/** What is to come of a workload: its records applied one at a time, in the order of the files. */
import { createHash } from "node:crypto";
import { HEADER } from "./records.ts";
import type { Workload } from "./workload.ts";

/** A row of the table, every value as text. */
export type TableRow = readonly [
  k: string,
  n: string,
  hist: string,
  q: string,
  note: string | null,
];

/** A line of the reject report. */
export interface ExpectedReject {
  readonly source: number;
  readonly record: number;
  readonly line: readonly [number, number];
  readonly byte: readonly [number, number];
  readonly unreadable: boolean;
}

/** The state that a load must end in. */
export interface Expected {
  /** By key. */
  readonly table: readonly TableRow[];
  /** By key and in the order of the changes; `null` where nobody writes them down. */
  readonly audit: readonly (readonly [k: string, hist: string])[] | null;
  /** The bytes of the reject file; `null`: there is none. */
  readonly rejectFile: Buffer | null;
  readonly rejects: readonly ExpectedReject[];
  readonly counts: Readonly<Record<string, number>>;
  readonly sources: readonly { readonly bytes: number; readonly sha256: string }[];
}

/** Applies the records of a workload. */
export function expectedOf(workload: Workload): Expected {
  const { files, before, audit, format, deletes = false } = workload;
  const rows = new Map<number, { n: number; hist: string; q: number; note: string | null }>();
  const changes = new Map<number, string[]>();
  for (const k of before) rows.set(k, { n: 1, hist: "before", q: 0, note: null });
  const counts = { read: 0, inserted: 0, updated: 0, skipped: 0, deleted: 0, rejected: 0 };
  for (const { records } of files) {
    for (const { good } of records) {
      counts.read += 1;
      if (good === null) {
        counts.rejected += 1;
        continue;
      }
      const { k, n, hist, q, note } = good;
      const row = rows.get(k);
      if (deletes && note === "plain") {
        counts[rows.delete(k) ? "deleted" : "skipped"] += 1;
        continue;
      }
      counts[row === undefined ? "inserted" : "updated"] += 1;
      const next =
        row === undefined
          ? { n, hist, q, note }
          : { n: row.n + n, hist: `${row.hist},${hist}`, q, note };
      rows.set(k, next);
      changes.set(k, [...(changes.get(k) ?? []), next.hist]);
    }
  }
  const byKey = [...rows].toSorted(([a], [b]) => a - b);
  const changed = [...changes].toSorted(([a], [b]) => a - b);
  const rejected = files.flatMap(({ records }) =>
    records.filter(({ good }) => good === null).map(({ raw }) => raw),
  );
  return {
    table: byKey.map(([k, { n, hist, q, note }]) => [`${k}`, `${n}`, hist, `${q}`, note]),
    audit: audit ? changed.flatMap(([k, all]) => all.map((hist) => [`${k}`, hist] as const)) : null,
    rejectFile:
      rejected.length === 0
        ? null
        : Buffer.concat([...(format === "csv" ? [HEADER] : []), ...rejected]),
    rejects: rejectsOf(workload),
    counts,
    sources: files.map(({ content }) => ({
      bytes: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
    })),
  };
}

function rejectsOf({ files, format }: Workload): ExpectedReject[] {
  const rejects: ExpectedReject[] = [];
  for (const [at, { records }] of files.entries()) {
    let byte = format === "csv" ? HEADER.length : 0;
    let line = format === "csv" ? 2 : 1;
    for (const [index, { raw, good, unreadable }] of records.entries()) {
      const lines = lineEnds(raw);
      if (good === null) {
        rejects.push({
          source: at + 1,
          record: index + 1,
          line: [line, line + lines - 1],
          byte: [byte, byte + raw.length],
          unreadable,
        });
      }
      byte += raw.length;
      line += lines;
    }
  }
  return rejects;
}

function lineEnds(raw: Buffer): number {
  let lines = 0;
  for (const byte of raw) if (byte === 10) lines += 1;
  return lines;
}
