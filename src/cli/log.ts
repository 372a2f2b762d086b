/** The log: pino on stderr, at the level and in the format that was asked for, without secrets. */
import { pino } from "pino";
import type { Logger } from "pino";
import { prettyFactory } from "pino-pretty";
import type { Options } from "../options/options.ts";
import type { Redact } from "./redact.ts";
import type { Screen } from "./screen.ts";

/** Makes the logger of a run. Lines are written at once and in this thread, so that none is lost at the end. */
export function makeLog(options: Options, screen: Screen, redact: Redact): Logger {
  const pretty = prettyFactory({
    colorize: screen.isTerminal,
    ignore: "pid,hostname",
    translateTime: "SYS:HH:MM:ss.l",
  });
  const format = options.logFormat === "json" ? (line: string) => line : pretty;
  return pino(
    { level: options.logLevel },
    { write: (line: string) => screen.print(redact(format(line))) },
  );
}
