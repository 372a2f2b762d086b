/** Commands that write a corrected source to a file of its own, or into the pipe. */
import { correctingCommand } from "../../errors/shell-word.ts";
import type { KnownReject } from "./known-reject.ts";

/** ``correct the source with `COMMAND` ``; without a command where none helps. */
export function corrected(
  known: KnownReject,
  command: string,
  what = "correct the source",
): string {
  const text = correctedText(known, command);
  return text === null ? what : `${what} with ${text}`;
}

/** The command, which reads the source at its standard input; `null` where the source is compressed or of wide characters. */
export function correctedText({ source, options }: KnownReject, command: string): string | null {
  const name = source?.name ?? "-";
  const compression = source?.compression ?? null;
  if (compression !== null || /^(?:utf|ucs)-?(?:16|32|2|4)/i.test(options.encoding.trim()))
    return null;
  const format = source?.format ?? "csv";
  return correctingCommand(command, name, format === "json" ? "ndjson" : format);
}

/** `take the line out, WHY`, for the line of the record, with a command where one can do it. */
export function withoutLine(known: KnownReject, why: string): string {
  const [line, last] = known.reject.position.line;
  const command = line === last ? correctedText(known, `sed ${line}d`) : null;
  return `take the line out, ${why}${command === null ? "" : `: ${command}`}`;
}
