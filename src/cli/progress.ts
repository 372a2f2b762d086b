/** Progress on stderr: a bar on a terminal, a line now and then elsewhere, JSON for machines, or nothing. */
import type { Away, LoadPhase, Progress } from "../model/report/progress.ts";
import type { Log } from "../model/log.ts";
import type { Options } from "../options/options.ts";
import { textWidth } from "../errors/text-width.ts";
import { eventLine, RUN_ID } from "./event-line.ts";
import { awayText, progressParts, timeOfDay } from "./progress-text.ts";
import type { Screen } from "./screen.ts";

/** Shows how far a load has come. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  /** Clears what is drawn; call it before anything else is printed for good. */
  end(): void;
}

/** Where progress is shown. */
export interface ProgressContext {
  readonly screen: Screen;
  readonly log: Pick<Log, "warn">;
  /** The time of day. */
  readonly now?: (() => Date) | undefined;
}

/** Seconds between two plain lines: seldom enough for a log file, often enough to see that it lives. */
const SECONDS_BETWEEN_LINES = 5;

/** Seconds between two JSON lines. */
const SECONDS_BETWEEN_JSON = 1;

/** Chooses the display that `--progress` and `--quiet` ask for. */
export function makeProgress(
  options: Pick<Options, "quiet" | "progress">,
  { screen, log, now = () => new Date() }: ProgressContext,
): ProgressDisplay {
  const auto = screen.isTerminal ? "bar" : "log";
  const asked = options.progress === "auto" ? auto : options.progress;
  if (screen.isJson && asked !== "none" && !options.quiet)
    return lines(screen, SECONDS_BETWEEN_JSON, (progress) => progressEvent(progress, now()));
  switch (options.quiet ? "none" : asked) {
    case "none":
      return warnings(log, now);
    case "bar":
      return {
        show: (progress) => screen.showStatus(progressBar(progress, screen.width, now())),
        end: () => screen.showStatus(""),
      };
    case "log":
      return lines(screen, SECONDS_BETWEEN_LINES, (progress) => progressLine(progress, now()));
    case "json":
      break;
  }
  return lines(screen, SECONDS_BETWEEN_JSON, progressJson);
}

/** For commands that show no progress: tells that a server is waited for, and takes it down again. */
export function makeAwayTeller(
  { quiet }: Pick<Options, "quiet">,
  context: ProgressContext,
): (away: Away | null) => void {
  const display = makeProgress({ quiet, progress: "auto" }, context);
  return (away) => {
    if (away === null) display.end();
    else display.show({ ...NOTHING_YET, phase: "away", away });
  };
}

const NOTHING_YET: Progress = {
  phase: "connecting",
  waitingFor: null,
  away: null,
  records: 0,
  rejected: 0,
  bytes: 0,
  totalBytes: null,
  share: null,
  recordsPerSecond: null,
  secondsLeft: null,
  seconds: 0,
};

/** A server that is away is no progress, and said once. */
function warnings(log: Pick<Log, "warn">, now: () => Date): ProgressDisplay {
  let said = false;
  return {
    show: ({ away, phase }) => {
      if (away !== null && !said) log.warn({}, awayText(away, now()));
      said = away !== null || (said && !WORKING.includes(phase));
    },
    end: () => {},
  };
}

/** Phases in which a server has answered. */
const WORKING: readonly LoadPhase[] = ["catalog", "loading", "committing"];

/** What everybody wants to know as soon as it is so. */
const NEWS: readonly LoadPhase[] = ["waiting", "away"];

/** The load's own clock decides when the next line is due, unless there is news. */
function lines(
  screen: Screen,
  secondsBetween: number,
  format: (progress: Progress) => string,
): ProgressDisplay {
  let due = secondsBetween;
  let said: LoadPhase | null = null;
  return {
    show: (progress) => {
      const { phase, seconds } = progress;
      const isNews = NEWS.includes(phase) && phase !== said;
      if (WORKING.includes(phase)) said = null;
      if (seconds < due && !isNews) return;
      if (NEWS.includes(phase)) said = phase;
      due = seconds + secondsBetween;
      screen.print(format(progress));
    },
    end: () => {},
  };
}

function progressJson(progress: Progress): string {
  return `${JSON.stringify({ event: "progress", runId: RUN_ID, ...progress })}\n`;
}

/** The same as a line of the log. */
function progressEvent(progress: Progress, now: Date): string {
  const msg = progressParts(progress, now).join(", ");
  return eventLine("info", "progress", { ...progress, msg });
}

function progressLine(progress: Progress, now: Date): string {
  return `${timeOfDay(now)} ${progressParts(progress, now).join(", ")}\n`;
}

const BAR_CELLS = 20;

/** As many parts as have room in `width`, and a bar where there is more; what comes first is never cut. */
function progressBar(progress: Progress, width: number, now: Date): string {
  const [first = "", ...others] = progressParts(progress, now);
  let text = first;
  for (const part of others) {
    const longer = `${text}, ${part}`;
    if (textWidth(longer) > width) break;
    text = longer;
  }
  const bar = progress.phase === "loading" ? barOf(progress) : "";
  return textWidth(text) + textWidth(bar) <= width ? text + bar : text;
}

function barOf({ share }: Progress): string {
  if (share === null) return "";
  const full = Math.floor(share * BAR_CELLS);
  return ` [${"#".repeat(full)}${"-".repeat(BAR_CELLS - full)}]`;
}
