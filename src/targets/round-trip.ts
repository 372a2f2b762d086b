/** How long a server's answers take at least: what lies between it and this process, and not what it has to do. */

/** So many answers tell it. */
const MOST = 16;

/** Answers that take longer than so many times the fastest are not slow for the distance. */
const STEADY = 1.5;

/** The least time of what was asked first. */
export class RoundTrip {
  readonly #times: number[] = [];
  #waiting = 0;

  /**
   * In milliseconds; `undefined` before anything was answered, and where half of the answers took much longer: distance delays
   * all of them alike, a busy machine does not.
   */
  get ms(): number | undefined {
    const sorted = this.#times.toSorted((a, b) => a - b);
    const [least] = sorted;
    const middle = sorted[Math.floor(sorted.length / 2)];
    if (least === undefined || middle === undefined) return undefined;
    return middle <= STEADY * least ? least : undefined;
  }

  /** Times what has just been asked, unless the server still has to answer what was asked before. */
  observe(asked: Promise<unknown>): void {
    if (this.#times.length >= MOST) return;
    const isFirst = this.#waiting === 0;
    const sent = performance.now();
    this.#waiting += 1;
    asked.then(
      () => {
        this.#waiting -= 1;
        if (isFirst) this.#times.push(performance.now() - sent);
      },
      // A connection that is gone says so at once.
      () => void (this.#waiting -= 1),
    );
  }
}
