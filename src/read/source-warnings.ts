/** What a user should know of a source whose records were read, beside them. */
import type { Ending } from "./format-reader.ts";
import type { Unfinished } from "./record-stream.ts";

/** The warnings for a source that was read to its end. */
export function sourceWarnings(name: string, { unfinished }: Ending): string[] {
  const called = name === "-" ? "standard input" : name;
  return unfinished === null ? [] : [unfinishedText(called, unfinished)];
}

function unfinishedText(name: string, { line, lines, isQuoted }: Unfinished): string {
  const left = `${lines === 1 ? "1 unfinished line" : `${lines} unfinished lines`} left in ${name}`;
  const place = lines === 1 ? `line ${line}` : `lines ${line}-${line + lines - 1}`;
  const why = isQuoted ? "a quote is not closed yet" : "its line end has not come yet";
  return `${left}: ${place}, where ${why}; the next run takes it once it is whole`;
}
