/** How a load went over time: rows a second, rejects, and what the time was spent on. */
import { formatCount, formatSeconds } from "../../errors/format.ts";
import type { CoursePoint, PhaseTime } from "../../model/report/progress.ts";
import type { ReportDetails } from "../report.ts";
import { barChart, shareBar, stepChart } from "./charts.ts";
import type { ChartStep } from "./charts.ts";
import { html, NOTHING } from "./markup.ts";
import type { Html } from "./markup.ts";
import { row, section, table } from "./parts.ts";
import type { TableColumn } from "./parts.ts";

/** The phases in words; a report of another version may have others. */
const PHASES: Readonly<Record<string, string>> = {
  connecting: "connecting",
  catalog: "planning",
  waiting: "waiting for locks of others",
  loading: "reading and writing",
  committing: "committing and looking back",
  away: "waiting for the server",
};

/** So many bars fit on a telephone. */
const BARS = 60;

/** The sections; nothing of a report that does not tell. */
export function courseSections({ phases = [], timeline = [] }: ReportDetails): readonly Html[] {
  return [
    section("Over time", [rateChart(timeline), rejectChart(timeline)]),
    section("Time by phase", [phaseTable(phases)]),
  ];
}

function rateChart(timeline: readonly CoursePoint[]): Html {
  const [first] = timeline;
  const rates = ratesOf(timeline);
  if (first === undefined || rates.length === 0) return NOTHING;
  const most = Math.max(...rates.map(({ value }) => value));
  return stepChart(rates, first.seconds, {
    title: "Rows a second",
    most: `${formatCount(most)} rows a second`,
    ...ends(timeline),
  });
}

/** Slots of time are no shorter: batches come in bursts. */
const SLOT_SECONDS = 0.1;

/** What was read in each of some slots of the same length, by that length; a try that starts again counts from 0. */
function ratesOf(timeline: readonly CoursePoint[]): ChartStep[] {
  const [first] = timeline;
  const last = timeline.at(-1);
  const time = (last?.seconds ?? 0) - (first?.seconds ?? 0);
  if (first === undefined || time <= 0) return [];
  const slots = Math.min(BARS, Math.max(1, Math.floor(time / SLOT_SECONDS)));
  const length = time / slots;
  return Array.from({ length: slots }, (_, index) => {
    const from = first.seconds + index * length;
    const read = readBetween(timeline, from, from + length);
    return { at: from + length, value: read / length };
  });
}

/** Records that were read between two moments, as if each came evenly from one point to the next. */
function readBetween(timeline: readonly CoursePoint[], from: number, to: number): number {
  return timeline.slice(1).reduce((sum, { seconds, records }, index) => {
    const before = timeline[index];
    if (before === undefined || seconds <= before.seconds) return sum;
    const inside = Math.min(to, seconds) - Math.max(from, before.seconds);
    if (inside <= 0) return sum;
    return sum + (Math.max(0, records - before.records) * inside) / (seconds - before.seconds);
  }, 0);
}

function rejectChart(timeline: readonly CoursePoint[]): Html {
  const [first] = timeline;
  const last = timeline.at(-1);
  if (first === undefined || last === undefined || last.rejected === 0) return NOTHING;
  const slot = (last.seconds - first.seconds) / BARS;
  if (slot <= 0) return NOTHING;
  const values = Array.from({ length: BARS }, () => 0);
  for (const [index, { seconds, rejected }] of timeline.entries()) {
    const more = rejected - (timeline[index - 1]?.rejected ?? 0);
    const at = Math.min(BARS - 1, Math.max(0, Math.ceil((seconds - first.seconds) / slot) - 1));
    values[at] = (values[at] ?? 0) + Math.max(0, more);
  }
  const steps = values.map((value, at) => ({ at, value }));
  // A shorter time says nothing to anybody.
  const time = slot < 0.01 ? "" : ` in ${formatSeconds(slot)}`;
  const most = `${formatCount(Math.max(...values))}${time}`;
  return barChart(steps, { title: "Rejects", most, ...ends(timeline) }, true);
}

function ends(timeline: readonly CoursePoint[]): { readonly from: string; readonly to: string } {
  const from = `${formatSeconds(timeline[0]?.seconds ?? 0)} after the start`;
  return { from, to: formatSeconds(timeline.at(-1)?.seconds ?? 0) };
}

const COLUMNS: readonly TableColumn[] = [
  { title: "phase", kind: "short" },
  { title: "time", kind: "number" },
  { title: "share", kind: "number" },
  { title: "of the whole", kind: "drawing" },
];

function phaseTable(phases: readonly PhaseTime[]): Html {
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  if (total <= 0) return NOTHING;
  const rows = phases
    .filter(({ seconds }) => seconds > 0)
    .map(({ phase, seconds }) => {
      const share = seconds / total;
      const percent = share < 0.005 ? "under 1%" : `${Math.round(share * 100)}%`;
      return row(COLUMNS, [
        PHASES[phase] ?? phase,
        formatSeconds(seconds),
        percent,
        html`${shareBar(share)}`,
      ]);
    });
  return table("Time by phase", COLUMNS, rows);
}
