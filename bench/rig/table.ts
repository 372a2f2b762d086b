/** Turns runs into a table in Markdown: medians, and ratios to the first variant. */
import { WORKLOADS } from "../data/workload.ts";
import type { Workload } from "../data/workload.ts";
import type { CaseResult, Run } from "./rounds.ts";

const HEADER = [
  "variant",
  "wall s",
  "min",
  "max",
  "× anchor (min–max)",
  "rows/s",
  "client CPU s",
  "server CPU s",
  "peak MB",
];

/** A case as a heading, a table, and the notes on what was left out. */
export function renderCase(result: CaseResult, anchor: string): string {
  // The runs of the first round stand in the order of the variants, the anchor first.
  const names = [...new Set(result.runs.map(({ variant }) => variant))];
  const rows = names.map((name) => renderVariant(result, name, anchor));
  const what = WORKLOADS[result.workload as Workload];
  const lines = [HEADER, HEADER.map(() => "---"), ...rows].map(
    (cells) => `| ${cells.join(" | ")} |`,
  );
  const notes = result.skipped.map((note) => `- left out: ${note}`);
  const title = `### ${result.target}, ${result.workload}: ${what} (${result.shape}, ${result.rows.toLocaleString("en")} rows)`;
  return [title, "", ...lines, ...(notes.length > 0 ? ["", ...notes] : []), ""].join("\n");
}

function renderVariant(result: CaseResult, name: string, anchor: string): string[] {
  const runs = result.runs.filter(({ variant }) => variant === name);
  const walls = runs.map(({ wallSeconds }) => wallSeconds);
  const wall = median(walls);
  return [
    name,
    wall.toFixed(2),
    Math.min(...walls).toFixed(2),
    Math.max(...walls).toFixed(2),
    renderRatio(ratiosOf(result, runs, anchor)),
    Math.round(result.rows / wall).toLocaleString("en"),
    renderMedian(
      runs.map(({ cpuSeconds }) => cpuSeconds),
      2,
    ),
    renderMedian(
      runs.map(({ serverCpuSeconds }) => serverCpuSeconds),
      2,
    ),
    renderMedian(
      runs.map(({ peakMegabytes }) => peakMegabytes),
      0,
    ),
  ];
}

/** How many times as fast as the anchor each run was, compared with the anchor's run of the same round. */
function ratiosOf(result: CaseResult, runs: readonly Run[], anchor: string): number[] {
  return runs.flatMap((run) => {
    const other = result.runs.find(
      ({ variant, round }) => variant === anchor && round === run.round,
    );
    return other === undefined ? [] : [other.wallSeconds / run.wallSeconds];
  });
}

function renderRatio(ratios: readonly number[]): string {
  if (ratios.length === 0) return "–";
  const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  return `${median(ratios).toFixed(2)} (${range})`;
}

function renderMedian(values: readonly (number | null)[], digits: number): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? "–" : median(known).toFixed(digits);
}

/** The middle of the values; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
