/** The log: pino on stderr, at the level and in the format that was asked for, without secrets. */
import { createRequire } from "node:module";
import type * as Pino from "pino";
import { visible } from "../errors/visible.ts";
import type { Log, LogCall } from "../model/log.ts";
import type { Options } from "../options/options.ts";
import { LINE_BASE } from "./event-line.ts";
import type { Redact } from "../secrets/redact.ts";
import type { Screen } from "./screen.ts";

/** Each says more than the one before. */
const LEVELS: readonly Options["logLevel"][] = [
  "silent",
  "error",
  "warn",
  "info",
  "debug",
  "trace",
];

/** Makes the log of a run; pino is loaded for its first line, which most loads do not have. */
export function makeLog(options: Options, screen: Screen, redact: Redact): Log {
  const isHeard = (level: string): boolean =>
    LEVELS.some((each, at) => each === level && at <= LEVELS.indexOf(options.logLevel));
  let logger: Pino.Logger | null = null;
  const at =
    (level: "debug" | "info" | "warn" | "error"): LogCall =>
    (fields, message) => {
      if (isHeard(level)) (logger ??= makeLogger(options, screen, redact))[level](fields, message);
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    isLevelEnabled: isHeard,
  };
}

/** Lines are written at once and in this thread, so that none is lost at the end. */
function makeLogger(options: Options, screen: Screen, redact: Redact): Pino.Logger {
  const { pino } = createRequire(import.meta.url)("pino") as typeof Pino;
  const format =
    options.logFormat === "json" ? visible : (line: string) => prettyLine(line, screen.isColoured);
  return pino(
    { level: options.logLevel, base: LINE_BASE },
    // Before it is laid out as well: a secret with a line break in it is then indented in two.
    { write: (line: string) => screen.printStyled(redact(format(redact(line)))) },
  );
}

const STYLES: Readonly<Record<number, readonly [name: string, colour: number]>> = {
  10: ["TRACE", 90],
  20: ["DEBUG", 34],
  30: ["INFO", 32],
  40: ["WARN", 33],
  50: ["ERROR", 31],
  60: ["FATAL", 31],
};

/** A line of the log for people: when, how grave, whose run, what, and its fields. */
export function prettyLine(line: string, isColoured: boolean): string {
  // The colours are our own; what is in the line must have none.
  const { level, time, runId, msg, err, ...fields } = JSON.parse(line, shown);
  const [name, colour] = STYLES[level] ?? [String(level), 0];
  const styled = isColoured ? `\u001B[${colour}m${name}\u001B[39m` : name;
  const head = `${localTime(new Date(time))} ${styled}${" ".repeat(6 - name.length)}${runId} ${msg}`;
  const said = Object.entries(fields)
    .filter(([key]) => key !== "pid" && key !== "hostname")
    .toSorted(([, a], [, b]) => Number(isList(a)) - Number(isList(b)))
    .map(([key, value]) => ` ${key}=${fieldText(value)}`);
  const stack = err === undefined ? "" : `\n${err.stack ?? err.message}`.replaceAll("\n", "\n    ");
  return `${head}${said.join("")}${stack}\n`;
}

function isList(value: unknown): boolean {
  return Array.isArray(value);
}

function shown(_name: string, value: unknown): unknown {
  return typeof value === "string" ? visible(value) : value;
}

/** `2026-11-28 20:05:01.123`, as the clock on the wall says. */
function localTime(date: Date): string {
  const utc = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return utc.toISOString().slice(0, -1).replace("T", " ");
}

/** A word as it is, a list of texts in lines of its own, anything else as JSON. */
function fieldText(value: unknown): string {
  if (typeof value === "string") return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  if (!Array.isArray(value) || value.some((each) => typeof each !== "string"))
    return JSON.stringify(value);
  return value.map((each) => `\n    ${each}`).join("");
}
