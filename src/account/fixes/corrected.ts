/** Commands that write a corrected source to a file of its own, or into the pipe. */
import { shellWord } from "../../errors/shell-word.ts";
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
  if (name === "-") return `\`${command}\` in the pipe before upsurge`;
  const format = source?.format ?? "csv";
  const to = `${name}.corrected.${format === "json" ? "ndjson" : format}`;
  return `\`${command} < ${shellWord(name)} > ${shellWord(to)}\`, and load that file`;
}
