/** The rejects of a try by source, and the first of them, for the report. */
import type { Reject } from "../model/reject.ts";

/** So many are kept. */
const FIRST = 10;

/** Counts rejects; a copy stands for what was committed. */
export class SourceTally {
  readonly #rejected: Map<string, number>;
  #first: readonly Reject[];

  /** What `before` has counted counts as well. */
  constructor(before?: SourceTally) {
    this.#rejected = new Map(before === undefined ? [] : before.#rejected);
    this.#first = before === undefined ? [] : before.#first;
  }

  /** Takes rejects in file order. */
  add(rejects: readonly Reject[]): void {
    for (const { position } of rejects) {
      this.#rejected.set(position.source, this.rejectedOf(position.source) + 1);
    }
    const room = FIRST - this.#first.length;
    // The bytes of the record may be many.
    const more = rejects.slice(0, room).map((reject) => ({ ...reject, raw: null }));
    if (more.length > 0) this.#first = [...this.#first, ...more];
  }

  /** How many of a source. */
  rejectedOf(source: string): number {
    return this.#rejected.get(source) ?? 0;
  }

  /** The first of all. */
  get first(): readonly Reject[] {
    return this.#first;
  }
}
