/** Puts what several writers have written back into the order of the source. */
import type { BatchOutcome } from "../../model/batch.ts";
import { asLoadCounts, sumOfLoads } from "../../model/counts.ts";
import type { LoadCounts } from "../../model/counts.ts";
import type { Reject } from "../../model/reject.ts";

/** A batch whose partitions are being written. */
export class PendingBatch {
  #counts: LoadCounts = sumOfLoads([]);
  readonly #rejects: Reject[] = [];
  readonly #onWritten: () => void;
  #left: number;
  #resolve: () => void = () => {};
  /** Settled once this batch and all before it are written and accounted for. */
  readonly taken = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(partitions: number, onWritten: () => void) {
    this.#left = partitions;
    this.#onWritten = onWritten;
  }

  /** One of the partitions was written. */
  add({ counts, levels, rejects }: BatchOutcome): void {
    this.#counts = sumOfLoads([this.#counts, asLoadCounts(counts, levels)]);
    this.#rejects.push(...rejects);
    this.#left -= 1;
    if (this.#left === 0) this.#onWritten();
  }

  /** Everything that was written; `null` while a partition is missing. */
  get written(): BatchOutcome | null {
    if (this.#left > 0) return null;
    const { levels, ...counts } = this.#counts;
    return { counts, rejects: this.#rejects, ...(levels === undefined ? {} : { levels }) };
  }

  /** Lets those go on who wait for it. */
  settle(): void {
    this.#resolve();
  }
}

/** Batches in the order of the source. */
export class FileOrder {
  readonly #take: (written: BatchOutcome) => void;
  #expected: PendingBatch[] = [];

  /** `take` gets what was written, batch after batch. */
  constructor(take: (written: BatchOutcome) => void) {
    this.#take = take;
  }

  /** Expects the next batch, in so many partitions. */
  expect(partitions: number): PendingBatch {
    const expected = new PendingBatch(partitions, () => this.#advance());
    this.#expected.push(expected);
    return expected;
  }

  #advance(): void {
    for (;;) {
      const [first] = this.#expected;
      const written = first?.written ?? null;
      if (first === undefined || written === null) return;
      // Where one is refused, nothing after it may be taken.
      const later = this.#expected.slice(1);
      this.#expected = [];
      this.#take(written);
      this.#expected = later;
      first.settle();
    }
  }
}
