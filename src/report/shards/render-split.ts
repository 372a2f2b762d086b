/** The report of `upsurge split`, as text. */
import { formatBytes, formatCount, formatSeconds, plural } from "../../errors/format.ts";
import { shellWord } from "../../errors/shell-word.ts";
import { visibleLine } from "../../errors/visible.ts";
import type { SplitReport } from "../../model/shards/split-report.ts";

/** The report in a few lines, the last of which can be typed. */
export function renderSplit(report: SplitReport): string {
  const { records, out, pieces, unreadable, blank, seconds, command } = report;
  const counts = pieces.map((piece) => piece.records);
  const bytes = pieces.flatMap(({ files }) => files.map((file) => file.bytes));
  const size = formatBytes(bytes.reduce((sum, each) => sum + each, 0));
  return textOf([
    `split ${plural(records, "record")} into ${plural(pieces.length, "piece")} in ${shellWord(out)}: ${size}, ${formatSeconds(seconds)}`,
    skewLine(counts, records),
    ...(blank === 0 ? [] : [`${plural(blank, "record")} without any value`]),
    ...(unreadable === 0
      ? []
      : [
          `${plural(unreadable, "record")} cannot be read: the load of a piece rejects what is in it`,
        ]),
    ...warningLines(report),
    "load them all with:",
    `  ${command}`,
  ]);
}

/** What is said where no report is asked for. */
export function renderQuietSplit(report: SplitReport): string {
  return textOf(warningLines(report));
}

function warningLines({ warnings }: SplitReport): string[] {
  return warnings.map((warning) => `warning: ${warning}`);
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${visibleLine(line)}\n`).join("");
}

function skewLine(counts: readonly number[], records: number): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const mean = records / counts.length;
  const ratio = mean === 0 ? "" : `, at most ${(most / mean).toFixed(2)} times the mean`;
  return `${formatCount(least)} to ${formatCount(most)} records each${ratio}`;
}
