/** What a run has read of each of its sources, and how much of that was rejected. */
import type { SourceTally } from "../../account/source-tally.ts";
import type { ReportedSource } from "../../report/report.ts";

/** What is known of the sources of a try. */
export interface SourceReading {
  /** In their order. */
  readonly paths: readonly string[];
  /** Records that were read of each, which may be more than were written. */
  readonly read: ReadonlyMap<string, number>;
}

/** The first `total` records of what was read, source by source: records are written in the order of the sources. */
export function sourceCounts(
  { paths, read }: SourceReading,
  total: number,
  tally: SourceTally,
): ReportedSource[] {
  let left = total;
  return [...new Set(paths)].map((name) => {
    const own = Math.min(left, read.get(name) ?? 0);
    left -= own;
    return { name, read: own, rejected: tally.rejectedOf(name) };
  });
}

/** The counts of two tries of a run, one after the other. */
export function addSources(
  earlier: readonly ReportedSource[],
  later: readonly ReportedSource[],
): readonly ReportedSource[] {
  const sum = new Map(earlier.map((source) => [source.name, source]));
  for (const source of later) {
    const before = sum.get(source.name) ?? { read: 0, rejected: 0 };
    sum.set(source.name, {
      name: source.name,
      read: before.read + source.read,
      rejected: before.rejected + source.rejected,
    });
  }
  return [...sum.values()];
}
