/** What stderr says under `--log-format json` apart from the log: errors, progress and signals, each as a line like the log's. */
import { hostname } from "node:os";

/** Tells the lines of a run from those of others; the report has it too. */
export const RUN_ID = Math.floor(Math.random() * 2 ** 48)
  .toString(16)
  .padStart(12, "0");

/** What every line of a run begins with, apart from level and time. */
export const LINE_BASE = { pid: process.pid, hostname: hostname(), runId: RUN_ID };

/** pino's numbers. */
const LEVELS = { info: 30, warn: 40, error: 50 };

/** A line for machines; `fields` have `msg`, the sentence. */
export function eventLine(
  level: keyof typeof LEVELS,
  event: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  const line = { level: LEVELS[level], time: Date.now(), ...LINE_BASE, event, ...fields };
  return `${JSON.stringify(line)}\n`;
}
