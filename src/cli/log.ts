/** The log: pino on stderr, at the level and in the format that was asked for, without secrets. */
import { createRequire } from "node:module";
import { pino } from "pino";
import type { Logger } from "pino";
import type Pretty from "pino-pretty";
import type { Options } from "../options/options.ts";
import { visible } from "../errors/visible.ts";
import type { Redact } from "./redact.ts";
import type { Screen } from "./screen.ts";

/** Makes the logger of a run. Lines are written at once and in this thread, so that none is lost at the end. */
export function makeLog(options: Options, screen: Screen, redact: Redact): Logger {
  const format = options.logFormat === "json" ? visible : prettyFormat(screen);
  return pino(
    { level: options.logLevel },
    // Before it is laid out as well: a secret with a line break in it is then indented in two.
    { write: (line: string) => screen.printStyled(redact(format(redact(line)))) },
  );
}

function shown(_name: string, value: unknown): unknown {
  return typeof value === "string" ? visible(value) : value;
}

/** A line of JSON whose values may be seen. */
function withoutControls(line: string): string {
  try {
    return JSON.stringify(JSON.parse(line, shown));
  } catch {
    return visible(line);
  }
}

/** The format for people; it is loaded with the first line, since most runs log none. */
function prettyFormat({ hasColours }: Screen): (line: string) => string {
  let pretty: ((line: string) => string) | null = null;
  return (line) => {
    pretty ??= (createRequire(import.meta.url)("pino-pretty") as typeof Pretty).prettyFactory({
      colorize: hasColours,
      ignore: "pid,hostname",
      translateTime: "SYS:HH:MM:ss.l",
    });
    // The colours are our own; what is in the line must have none.
    return pretty(withoutControls(line));
  };
}
