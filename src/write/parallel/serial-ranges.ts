/**
 * Records that must not be written by several writers at once, learned from a try that met a reject among them: where
 * writers commit each for itself, nothing could say afterwards which of a batch's rejects are in the reject file for good.
 */
import { StartAgain, upsurgeError } from "../../errors/upsurge-error.ts";
import type { CommittedOffset } from "../../model/source-offset.ts";

/** So many ranges are tried with several writers again; a source with more rejects is written by one. */
const MOST = 8;

/** Records of a source, by number: those after `from`, up to `to`. */
export interface RecordRange {
  readonly source: number;
  readonly from: number;
  readonly to: number;
}

/** Ends a try: the batch holds rejects, and must be written serially. */
export class RetrySerially extends StartAgain {
  readonly range: RecordRange;

  constructor(range: RecordRange) {
    super(`records ${range.from + 1} to ${range.to} must be written by one writer`);
    this.name = "RetrySerially";
    this.range = range;
  }
}

/** Lives through the tries of a load. */
export class SerialRanges {
  #ranges: RecordRange[] = [];

  /** Learns from a try. */
  add({ range }: RetrySerially): void {
    this.#ranges.push(range);
  }

  /** Whether a range must be written serially. */
  covers({ source, from, to }: RecordRange): boolean {
    if (this.#ranges.length >= MOST) return true;
    return this.#ranges.some((each) => each.source === source && each.from < to && from < each.to);
  }
}

/** The records between two offsets of a load. */
export function rangeBetween(last: CommittedOffset | null, next: CommittedOffset): RecordRange {
  const source = next.source.number;
  const from = last?.source.number === source ? last.offset.record : 0;
  if (next.offset.record < from) {
    throw upsurgeError("INTERNAL", { message: "the records of a source go backwards" });
  }
  return { source, from, to: next.offset.record };
}
