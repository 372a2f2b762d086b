/**
 * Records that must not be written by several writers at once, learned from a try that met a reject among them: where
 * writers commit each for itself, nothing could say afterwards which of a batch's rejects are in the reject file for good.
 */
import { StartAgain, upsurgeError } from "../../errors/upsurge-error.ts";
import type { CommittedOffset } from "../../model/committed-offset.ts";

/** So many stretches are tried with several writers again; a source with more rejects is written by one. */
const MOST = 8;

/** Records of a source, by number: those after `from`, up to `to`. */
export interface RecordRange {
  readonly source: number;
  readonly from: number;
  readonly to: number;
}

/** Ends a try: the batch holds rejects, and must be written by itself. */
export class RetrySerially extends StartAgain {
  readonly range: RecordRange;

  constructor(stretch: RecordRange) {
    super(`records ${stretch.from + 1} to ${stretch.to} must be written by one writer`);
    this.name = "MustGoAlone";
    this.range = stretch;
  }
}

/** Lives through the tries of a load. */
export class SerialRanges {
  #stretches: RecordRange[] = [];

  /** Learns from a try. */
  add({ range }: RetrySerially): void {
    this.#stretches.push(range);
  }

  /** Whether a stretch must be written by itself. */
  covers({ source, from, to }: RecordRange): boolean {
    if (this.#stretches.length >= MOST) return true;
    return this.#stretches.some(
      (each) => each.source === source && each.from < to && from < each.to,
    );
  }
}

/** The records between two places of a load. */
export function rangeBetween(last: CommittedOffset | null, next: CommittedOffset): RecordRange {
  const source = next.source.number;
  const from = last?.source.number === source ? last.offset.record : 0;
  if (next.offset.record < from) {
    throw upsurgeError("INTERNAL", { message: "the records of a source go backwards" });
  }
  return { source, from, to: next.offset.record };
}
