/** The report of a load or a run as metrics, in the text format of Prometheus. */
import { COUNT_NAMES, addLevels, noLevelCounts } from "../../model/counts.ts";
import type { LevelCounts } from "../../model/counts.ts";
import type { Watched, WatchedLoad } from "../watched.ts";

const LAST_SUCCESS = "upsurge_last_success_timestamp_seconds";

/** What is known besides the report. */
export interface MetricsContext {
  /** Tells these series from those of other files. */
  readonly name: string;
  /** What the file held before; `null`: there was none. */
  readonly before: string | null;
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All metrics. Each is a gauge: it tells of the last run, and a run begins at nothing. */
export function renderMetrics(watched: Watched, { name, before }: MetricsContext): string {
  const success = isSuccess(watched) ? secondsOf(watched.endedAt) : lastSuccess(before);
  const metric = (id: string, help: string, samples: readonly Sample[]) =>
    metricLines(id, help, samples, name);
  const { status, version, target } = watched;
  const info = { status, version, target: target ?? "" };
  return [
    ...metric(
      "upsurge_last_run_counts",
      "Records and rows of the last run, by table and by what became of them.",
      countSamples(watched.loads),
    ),
    ...metric(
      "upsurge_last_run_differences",
      "Rows that the last run found to differ, by table and kind (--diff).",
      differenceSamples(watched.loads),
    ),
    ...metric("upsurge_last_run_duration_seconds", "How long it took.", one(watched.seconds)),
    ...metric("upsurge_last_run_read_bytes", "Bytes read from its sources.", one(watched.bytes)),
    ...metric("upsurge_last_run_exit_code", "Its exit code.", one(watched.exit)),
    ...metric("upsurge_last_run_dry_run", "1: it kept nothing.", one(watched.dryRun ? 1 : 0)),
    ...metric("upsurge_last_run_info", "Its status, version and kind of database.", [
      { labels: info, value: 1 },
    ]),
    ...metric(
      "upsurge_last_run_timestamp_seconds",
      "When it ended.",
      one(secondsOf(watched.endedAt)),
    ),
    ...metric(
      LAST_SUCCESS,
      "When a run last ended with exit code 0; dry runs and skipped jobs are none.",
      success === null ? [] : one(success),
    ),
    "",
  ].join("\n");
}

/** Of the run as a whole. */
function one(value: number): Sample[] {
  return [{ labels: {}, value }];
}

function isSuccess({ exit, dryRun, status }: Watched): boolean {
  return exit === 0 && !dryRun && status !== "skipped";
}

function secondsOf(time: string): number {
  return Date.parse(time) / 1000;
}

/** As an earlier run has written it. */
function lastSuccess(before: string | null): number | null {
  const found = new RegExp(`^${LAST_SUCCESS}\\{.*\\} ([0-9.]+)$`, "m").exec(before ?? "");
  return found === null ? null : Number(found[1]);
}

/** What became of the rows of one table; `member`: those of that level of nested records. */
interface TableCounts {
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: LevelCounts;
}

/** A series may be there only once: loads into one table are added up. */
function countSamples(loads: readonly WatchedLoad[]): Sample[] {
  const tables = new Map<string, TableCounts>();
  const add = (labels: TableCounts["labels"], counts: Partial<LevelCounts>): void => {
    const name = JSON.stringify(labels);
    const sum = tables.get(name) ?? { labels, counts: noLevelCounts() };
    addLevels([sum.counts], [{ ...noLevelCounts(), ...counts }]);
    tables.set(name, sum);
  };
  for (const { table, counts, levels } of loads) {
    add({ table: table ?? "" }, counts);
    for (const level of levels)
      add({ table: level.table, member: level.member ?? "" }, level.counts);
  }
  return [...tables.values()].flatMap(({ labels, counts }) => [
    ...COUNT_NAMES.map((count) => ({ labels: { ...labels, count }, value: counts[count] })),
    ...(labels["member"] === undefined
      ? []
      : [{ labels: { ...labels, count: "dropped" }, value: counts.dropped }]),
  ]);
}

/** Of several loads into one table the last to be compared tells: a table is compared once. */
function differenceSamples(loads: readonly WatchedLoad[]): Sample[] {
  const compared = loads.flatMap((load) => [load, ...load.levels]);
  const tables = new Map(
    compared.flatMap(({ table, differencesTotal: total }) =>
      total === undefined ? [] : [[table ?? "", total] as const],
    ),
  );
  return [...tables].flatMap(([table, total]) =>
    Object.entries(total).flatMap(([kind, value]) =>
      value === null ? [] : [{ labels: { table, kind }, value }],
    ),
  );
}

function metricLines(
  id: string,
  help: string,
  samples: readonly Sample[],
  name: string,
): readonly string[] {
  if (samples.length === 0) return [];
  const lines = samples.map(({ labels, value }) => {
    const all = Object.entries({ name, ...labels });
    return `${id}{${all.map(([label, text]) => `${label}="${escapedLabel(text)}"`).join(",")}} ${value}`;
  });
  return [`# HELP ${id} ${help}`, `# TYPE ${id} gauge`, ...lines];
}

function escapedLabel(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', String.raw`\"`)
    .replaceAll("\n", "\\n");
}
