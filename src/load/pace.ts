/** How fast a load is, and how long it still takes: of this run alone, and without the time that it waited for others. */

/** A share below this says little of the rest. */
const LEAST_SHARE = 0.01;

/** So long must be looked at before anything is said. */
const LEAST_MS = 1000;

/** The pace of one try, from its first record on. */
export class Pace {
  readonly #before: number;
  readonly #now: () => number;
  readonly #started: number;
  /** At the first batch: what a job has loaded before is read again in no time. */
  #first: { readonly share: number; readonly at: number } | null = null;
  #waitedMs = 0;

  /** `before`: records of earlier runs; `now`: a clock in milliseconds. */
  constructor(before: number, now: () => number = () => performance.now()) {
    this.#before = before;
    this.#now = now;
    this.#started = now();
  }

  /** A batch was written. */
  wrote(share: number | null): void {
    if (share !== null) this.#first ??= { share, at: this.#now() - this.#waitedMs };
  }

  /** Nothing could be done for so long. */
  waited(ms: number): void {
    this.#waitedMs += ms;
  }

  /** `records` with those of earlier runs; `null` before there are others. */
  recordsPerSecond(records: number): number | null {
    const seconds = (this.#now() - this.#waitedMs - this.#started) / 1000;
    return records <= this.#before || seconds <= 0 ? null : (records - this.#before) / seconds;
  }

  /** `null` when that cannot be told yet. */
  secondsLeft(share: number | null): number | null {
    if (share === null || this.#first === null) return null;
    const done = share - this.#first.share;
    const ms = this.#now() - this.#waitedMs - this.#first.at;
    if (done < LEAST_SHARE || ms < LEAST_MS || share >= 1) return null;
    return ((ms / 1000) * (1 - share)) / done;
  }
}
