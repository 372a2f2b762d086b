/** What is said of a load's progress: what matters most comes first, since a narrow terminal has no room for the rest. */
import type { Away, Progress } from "../model/report/progress.ts";
import { formatBytes, formatCount, plural } from "../errors/format.ts";
import { visibleLine } from "../errors/visible.ts";

/** `25 %, 15 s left, 5,000 records, 1,000 rows/s, 500 kB of 2.0 MB`, or what is waited for; `now` is the time of day. */
export function progressParts(progress: Progress, now: Date): readonly string[] {
  const { phase, waitingFor, away, seconds } = progress;
  switch (phase) {
    case "connecting":
      return ["connecting", formatWait(seconds)];
    case "catalog":
      return ["reading the catalog", formatWait(seconds)];
    case "waiting":
      return [`waiting for ${visibleLine(waitingFor ?? "a lock")}`, ...recordParts(progress)];
    case "committing":
      return ["committing", ...recordParts(progress)];
    case "away":
      return away === null ? [] : awayParts(away, now);
    case "loading":
      break;
  }
  return [...shareParts(progress), ...recordParts(progress), ...paceParts(progress)];
}

/** `the server went away; trying again in 3 s, until 13:57:47, try 5`. */
export function awayText(away: Away, now: Date): string {
  return awayParts(away, now).join(", ");
}

function awayParts(
  { reason, nextInSeconds, givesUpInSeconds, nextTry }: Away,
  now: Date,
): readonly string[] {
  const until = new Date(now.getTime() + givesUpInSeconds * 1000);
  const next = `${visibleLine(reason)}; trying again in ${formatWait(nextInSeconds)}`;
  return [next, `until ${timeOfDay(until)}`, `try ${nextTry}`];
}

/** `13:57:47`, where the user is. */
export function timeOfDay(at: Date): string {
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

function shareParts({ share, secondsLeft }: Progress): string[] {
  if (share === null) return [];
  // All was read, which is not yet all done.
  const percent = `${Math.min(99, Math.floor(share * 100))} %`;
  return secondsLeft === null ? [percent] : [percent, `${formatWait(secondsLeft)} left`];
}

function recordParts({ records, rejected }: Progress): string[] {
  if (records === 0) return [];
  return [
    plural(records, "record"),
    ...(rejected === 0 ? [] : [`${formatCount(rejected)} rejected`]),
  ];
}

function paceParts({ recordsPerSecond, bytes, totalBytes, share, seconds }: Progress): string[] {
  const read =
    totalBytes === null
      ? formatBytes(bytes)
      : `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
  return [
    ...(recordsPerSecond === null ? [] : [`${formatCount(recordsPerSecond)} rows/s`]),
    read,
    ...(share === null ? [formatWait(seconds)] : []),
  ];
}

/** Whole seconds: `3 s`, `3 min 05 s`, `2 h 07 min`. */
function formatWait(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (minutes < 60) return `${minutes} min ${String(rest).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
