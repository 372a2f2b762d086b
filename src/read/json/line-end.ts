/** What follows the object of a line of NDJSON. */
import { IRREGULAR, MORE } from "./scan.ts";
import type { JsonScan } from "./scan.ts";

const LF = 10;
const CR = 13;

/** What lines are held to. */
export interface LineRules {
  /** The most bytes of a line. */
  readonly limit: number;
  /** Nothing follows the bytes, and so their end is that of a line. */
  readonly last: boolean;
}

/** Goes over what follows the object, which ends at `close`, of the line that began at `start`; tells where the next line begins. */
export function lineEnd(
  scan: JsonScan,
  close: number,
  start: number,
  { limit, last }: LineRules,
): number {
  const { bytes } = scan;
  const { length } = bytes;
  const end = bytes[close] === LF ? close : scan.blank(close);
  if (end >= length && !last) return MORE;
  if (end < length && bytes[end] !== LF) return IRREGULAR;
  const content = end < length && bytes[end - 1] === CR ? end - 1 : end;
  return content - start > limit ? IRREGULAR : Math.min(end + 1, length);
}
