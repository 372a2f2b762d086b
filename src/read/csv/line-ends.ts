/** Ends of line in bytes, as a dialect has them. */
import { CR, LF } from "./dialect.ts";
import type { CsvDialect } from "./dialect.ts";

/** How long the end of line at `at` is; 0 when there is none. */
export function lineEndAt(
  bytes: Buffer,
  at: number,
  { lineEnd }: Pick<CsvDialect, "lineEnd">,
): number {
  const [first, second] = [bytes[at], bytes[at + 1]];
  if (first === LF) return 1;
  if (first !== CR) return 0;
  if (second === LF) return 2;
  return lineEnd === CR ? 1 : 0;
}

/** Where the next end of line begins, from `from` on; below 0 when there is none. */
export function nextLineEnd(
  bytes: Buffer,
  from: number,
  { lineEnd }: Pick<CsvDialect, "lineEnd">,
): number {
  const lf = bytes.indexOf(LF, from);
  if (lineEnd === LF) return lf;
  const cr = (lf < 0 ? bytes : bytes.subarray(0, lf)).indexOf(CR, from);
  return cr < 0 ? lf : cr;
}

/** How many LF there are from a place on to before another, those within quotes included. */
export function linesIn(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at += 1) if (bytes[at] === LF) lines += 1;
  return lines;
}
