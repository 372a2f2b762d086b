/**
 * Records that must not be written by several writers at once, learned from a try that met a reject among them: where
 * writers commit each for itself, nothing could say afterwards which of a batch's rejects are in the reject file for good.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Mark } from "../batch-end.ts";

/** So many stretches are tried with several writers again; a source with more rejects is written by one. */
const MOST = 8;

/** Records of a source, by number: those after `from`, up to `to`. */
export interface Stretch {
  readonly source: number;
  readonly from: number;
  readonly to: number;
}

/** Ends a try: the batch holds rejects, and must be written by itself. */
export class MustGoAlone extends Error {
  readonly stretch: Stretch;

  constructor(stretch: Stretch) {
    super(`records ${stretch.from + 1} to ${stretch.to} must be written by one writer`);
    this.name = "MustGoAlone";
    this.stretch = stretch;
  }
}

/** Lives through the tries of a load. */
export class Solo {
  #stretches: Stretch[] = [];

  /** Learns from a try. */
  add({ stretch }: MustGoAlone): void {
    this.#stretches.push(stretch);
  }

  /** Whether a stretch must be written by itself. */
  covers({ source, from, to }: Stretch): boolean {
    if (this.#stretches.length >= MOST) return true;
    return this.#stretches.some(
      (each) => each.source === source && each.from < to && from < each.to,
    );
  }
}

/** The records between two places of a load. */
export function stretchBetween(last: Mark | null, next: Mark): Stretch {
  const source = next.source.number;
  const from = last?.source.number === source ? last.place.record : 0;
  if (next.place.record < from) {
    throw upsurgeError("INTERNAL", { message: "the records of a source go backwards" });
  }
  return { source, from, to: next.place.record };
}
