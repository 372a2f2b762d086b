/** How records end in the encoding of their source: in a line end or, the last one, in nothing. Pure. */
import type { Source } from "../source.ts";

/** The line ends of a source, as its bytes have them; the first is what is put where one is missing. */
export type RecordEnds = readonly [Uint8Array, ...Uint8Array[]];

/** Those of a source. */
export function recordEndsOf(source: Pick<Source, "encode">): RecordEnds {
  return [source.encode("\n"), source.encode("\r")];
}

/** Whether bytes of whole characters end in one of them. */
export function endsRecord(bytes: Uint8Array, ends: RecordEnds): boolean {
  return ends.some(
    (end) => Buffer.compare(bytes.subarray(Math.max(0, bytes.length - end.length)), end) === 0,
  );
}
