/** The page of many reports: what was loaded night after night, table by table, the newest first. */
import { formatCount, formatSeconds, plural } from "../../errors/format.ts";
import { isRun } from "./any-report.ts";
import type { AnyReport } from "./any-report.ts";
import { barChart } from "./charts.ts";
import { html, NOTHING, Room } from "./markup.ts";
import type { Html } from "./markup.ts";
import { count, leftOut, list, moment, page, row, table, tiles } from "./parts.ts";
import type { TableColumn } from "./parts.ts";
import { seriesTables } from "./trend-tables.ts";
import { verdict } from "./verdict.ts";

/** A report of many. */
export interface TrendReport {
  readonly report: AnyReport;
  /** The page of this report, as a link from this one; `null`: there is none. */
  readonly link: string | null;
}

/** What a page of many reports is made of. */
export interface Trend {
  readonly reports: readonly TrendReport[];
  /** Files that are no reports, as sentences. */
  readonly leftOut: readonly string[];
  /** Of the program that makes the page. */
  readonly version: string;
}

/** Characters of markup that the tables may come to, all together. */
const ROOM = 200_000;

/** So many loads are in a chart, and in a table. */
const BARS = 60;
const ROWS = 400;

/** So many series have charts of their own. */
const SERIES = 60;

/** The page; `reports` in any order. */
export function renderTrend({ reports, leftOut: others, version }: Trend): string {
  const newest = reports.toSorted((a, b) => timeOf(b) - timeOf(a));
  const series = seriesOf(newest);
  const room = new Room(ROOM);
  const [last] = newest;
  const failed = newest.filter(({ report }) => isFailure(report)).length;
  const body = [
    html`<header>
      <h1>Loads</h1>
      <p>
        ${plural(newest.length, "report")} of ${formatCount(series.length)} series${span(newest)}.
      </p>
    </header>`,
    last === undefined
      ? NOTHING
      : tiles([
          ["reports", formatCount(newest.length)],
          ["failed", formatCount(failed), failed > 0],
          ["records read", formatCount(sum(newest, ({ counts }) => counts.read))],
          ["rejected", formatCount(sum(newest, ({ counts }) => counts.rejected))],
        ]),
    ...series.slice(0, SERIES).map((each) => seriesPart(each, room)),
    NOTHING,
    others.length === 0
      ? NOTHING
      : html`<section>
          <h2>Files that are no reports</h2>
          ${list(others, 40)}
        </section>`,
  ];
  return page("Loads over time", body, version, "broad");
}

/** Loads of the same into the same, the newest first. */
interface Series {
  readonly name: string;
  readonly reports: readonly [TrendReport, ...TrendReport[]];
}

function seriesOf(newest: readonly TrendReport[]): Series[] {
  const all = new Map<string, [TrendReport, ...TrendReport[]]>();
  for (const each of newest) {
    const name = nameOf(each.report);
    const known = all.get(name);
    if (known === undefined) all.set(name, [each]);
    else known.push(each);
  }
  return [...all].map(([name, reports]) => ({ name, reports }));
}

function nameOf(report: AnyReport): string {
  const tables = isRun(report) ? report.tables.map((each) => each.table ?? each.load) : [];
  const what = isRun(report)
    ? `Run into ${namesOf(tables)}`
    : `Load into ${report.table ?? "a table"}`;
  return report.dryRun ? `${what}, dry runs` : what;
}

function namesOf(tables: readonly string[]): string {
  if (tables.length === 0) return "no table";
  const more = tables.length > 6 ? ` and ${formatCount(tables.length - 6)} more` : "";
  return `${tables.slice(0, 6).join(", ")}${more}`;
}

const COLUMNS: readonly TableColumn[] = [
  { title: "began", kind: "short" },
  { title: "age", kind: "short" },
  { title: "verdict", kind: "short" },
  { title: "read", kind: "number" },
  { title: "inserted", kind: "number" },
  { title: "updated", kind: "number" },
  { title: "unchanged", kind: "number" },
  { title: "rejected", kind: "number" },
  { title: "time", kind: "number" },
  { title: "rows a second", kind: "number" },
];

function seriesPart({ name, reports }: Series, room: Room): Html {
  const [newest] = reports;
  const drawn = room.take([reports], charts);
  const shown = reports.slice(0, ROWS);
  const { taken } = room.take(shown, (each) => reportRow(each, newest.report));
  if (taken.length === 0) return NOTHING;
  const all = shown.map(({ report }) => report);
  const tables = room.take([all], (newest) => seriesTables(name, newest));
  return html`<section>
    <h2>${name}</h2>
    ${drawn.taken}${table(name, COLUMNS, taken)}${leftOut(reports.length - taken.length, "load")}${tables.taken}
  </section>`;
}

function reportRow({ report, link }: TrendReport, newest: AnyReport): Html {
  const { counts, startedAt, seconds, rowsPerSecond } = report;
  const began = moment(startedAt);
  const before = (timeOf({ report: newest }) - timeOf({ report })) / 1000;
  return row(COLUMNS, [
    link === null ? began : html`<a href="${link}">${began}</a>`,
    report === newest ? "the last" : before <= 0 ? "" : `${timeBefore(before)} older`,
    verdict(report),
    count(counts.read),
    count(counts.inserted),
    count(counts.updated),
    count(counts.unchanged),
    count(counts.rejected),
    formatSeconds(seconds),
    count(rowsPerSecond),
  ]);
}

/** What is drawn of a series. */
interface Measure {
  readonly title: string;
  readonly of: (report: AnyReport) => number;
  readonly text: (value: number) => string;
  /** Of what nobody wants. */
  readonly isBad?: boolean;
}

const MEASURES: readonly Measure[] = [
  { title: "Time", of: ({ seconds }) => seconds, text: formatSeconds },
  { title: "Records read", of: ({ counts }) => counts.read, text: formatCount },
  { title: "Rows a second", of: ({ rowsPerSecond }) => rowsPerSecond, text: formatCount },
  { title: "Rejects", of: ({ counts }) => counts.rejected, text: formatCount, isBad: true },
];

function charts(newest: readonly TrendReport[]): Html {
  const shown = newest
    .slice(0, BARS)
    .map(({ report }) => report)
    .toReversed();
  const [first] = shown;
  const last = shown.at(-1);
  if (shown.length < 2 || first === undefined || last === undefined) return NOTHING;
  const ends = endsOf(first, last);
  const red = shown.some(isFailure)
    ? html`<p class="soft">Bars of loads that failed are red.</p>`
    : NOTHING;
  const drawn = MEASURES.map(({ title, of, text, isBad = false }) => {
    const steps = shown.map((each, at) => ({ at, value: of(each), isBad: isFailure(each) }));
    const most = text(Math.max(...steps.map(({ value }) => value)));
    return barChart(steps, { title, most, ...ends }, isBad);
  });
  return html`${red}
    <div class="charts">${drawn}</div>`;
}

/** `3 min`, `2 h`, `1 day`, `12 days`: as exact as one says it. */
function timeBefore(seconds: number): string {
  if (seconds < 60) return formatSeconds(seconds);
  if (seconds < 3600) return `${formatCount(seconds / 60)} min`;
  if (seconds < 23 * 3600) return `${formatCount(seconds / 3600)} h`;
  return plural(Math.round(seconds / 86_400), "day");
}

function span(newest: readonly TrendReport[]): string {
  const [last] = newest;
  const first = newest.at(-1);
  if (last === undefined || first === undefined || last === first) return "";
  const [from, to] = [dayOf(first.report), dayOf(last.report)];
  return from === to ? `, all of ${from}` : `, from ${from} to ${to}`;
}

/** The ends of a chart's axis: days, or times of one day. */
function endsOf(first: AnyReport, last: AnyReport): { readonly from: string; readonly to: string } {
  const [from, to] = [dayOf(first), dayOf(last)];
  if (from !== to) return { from, to };
  return { from: `${from} ${timeOfDay(first)}`, to: timeOfDay(last) };
}

function timeOfDay({ startedAt }: AnyReport): string {
  return startedAt.slice(11, 19);
}

function dayOf({ startedAt }: AnyReport): string {
  return startedAt.slice(0, 10);
}

function timeOf({ report }: Pick<TrendReport, "report">): number {
  return Date.parse(report.startedAt);
}

function isFailure({ status }: AnyReport): boolean {
  return status === "failed" || status === "interrupted";
}

function sum(reports: readonly TrendReport[], of: (report: AnyReport) => number): number {
  return reports.reduce((total, { report }) => total + of(report), 0);
}
