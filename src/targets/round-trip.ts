/** How long a server's answer takes at least: what lies between it and this process, and not what it has to do. */

/** The least time of all that was asked so far. */
export class RoundTrip {
  #least = Infinity;

  /** In milliseconds; `undefined` before anything was answered. */
  get ms(): number | undefined {
    return Number.isFinite(this.#least) ? this.#least : undefined;
  }

  /** Times what has just been asked. */
  observe(asked: Promise<unknown>): void {
    const sent = performance.now();
    asked.then(
      () => void (this.#least = Math.min(this.#least, performance.now() - sent)),
      // A connection that is gone says so at once.
      () => {},
    );
  }
}
