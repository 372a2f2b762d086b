/** Progress on stderr: a bar on a terminal, a line now and then elsewhere, JSON for machines, or nothing. */
import type { Progress } from "../load/surroundings.ts";
import type { Options } from "../options/options.ts";
import { formatBytes, formatCount, formatSeconds, plural } from "../errors/format.ts";
import { eventLine, RUN_ID } from "./event-line.ts";
import type { Screen } from "./screen.ts";

/** Shows how far a load has come. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  /** Clears what is drawn; call it before anything else is printed for good. */
  end(): void;
}

/** Seconds between two plain lines: seldom enough for a log file, often enough to see that it lives. */
const SECONDS_BETWEEN_LINES = 5;

/** Seconds between two JSON lines. */
const SECONDS_BETWEEN_JSON = 1;

/** Chooses the display that `--progress` and `--quiet` ask for. */
export function makeProgress(options: Options, screen: Screen): ProgressDisplay {
  if (options.quiet) return NOTHING;
  const auto = screen.isTerminal ? "bar" : "log";
  if (screen.isJson && options.progress !== "none")
    return lines(screen, SECONDS_BETWEEN_JSON, progressEvent);
  switch (options.progress === "auto" ? auto : options.progress) {
    case "none":
      return NOTHING;
    case "bar":
      return {
        show: (progress) => screen.showStatus(progressBar(progress)),
        end: () => screen.showStatus(""),
      };
    case "log":
      return lines(screen, SECONDS_BETWEEN_LINES, (progress) => `${progressText(progress)}\n`);
    case "json":
      break;
  }
  return lines(screen, SECONDS_BETWEEN_JSON, progressJson);
}

const NOTHING: ProgressDisplay = { show: () => {}, end: () => {} };

/** The load's own clock decides when the next line is due. */
function lines(
  screen: Screen,
  secondsBetween: number,
  format: (progress: Progress) => string,
): ProgressDisplay {
  let due = secondsBetween;
  return {
    show: (progress) => {
      if (progress.seconds < due) return;
      due = progress.seconds + secondsBetween;
      screen.print(format(progress));
    },
    end: () => {},
  };
}

function progressJson(progress: Progress): string {
  return `${JSON.stringify({ event: "progress", runId: RUN_ID, ...progress })}\n`;
}

/** The same as a line of the log. */
function progressEvent(progress: Progress): string {
  return eventLine("info", "progress", { ...progress, msg: progressText(progress) });
}

/** `1,200 records, 600 rows/s, 1.2 MB of 4.8 MB (25 %), 6.0 s left`. */
export function progressText(progress: Progress): string {
  const { records, rejected, bytes, totalBytes, seconds } = progress;
  const parts = [plural(records, "record")];
  if (rejected > 0) parts.push(`${formatCount(rejected)} rejected`);
  if (seconds > 0) parts.push(`${formatCount(records / seconds)} rows/s`);
  const share = shareOf(progress);
  if (share === null || totalBytes === null) {
    parts.push(formatBytes(bytes));
  } else {
    const percent = Math.floor(share * 100);
    parts.push(`${formatBytes(bytes)} of ${formatBytes(totalBytes)} (${percent} %)`);
    const left = secondsLeft(seconds, share);
    if (left !== null) parts.push(`${left} left`);
  }
  return parts.join(", ");
}

const BAR_CELLS = 20;

function progressBar(progress: Progress): string {
  const share = shareOf(progress);
  if (share === null) return `${progressText(progress)}, ${formatSeconds(progress.seconds)}`;
  const full = Math.floor(share * BAR_CELLS);
  return `[${"#".repeat(full)}${"-".repeat(BAR_CELLS - full)}] ${progressText(progress)}`;
}

function shareOf({ bytes, totalBytes }: Progress): number | null {
  return totalBytes === null || totalBytes === 0 ? null : Math.min(1, bytes / totalBytes);
}

/** An estimate after a moment only: the first batches say little. */
function secondsLeft(seconds: number, share: number): string | null {
  if (seconds < 2 || share < 0.01 || share >= 1) return null;
  return formatSeconds((seconds / share) * (1 - share));
}
