/** Lets go of a running iteration when the client cancels, without waiting for the step it is in. */

/** Iterates until the signal; `settled` then tells when the source is really through. */
export class Interruptible<T> implements AsyncIterable<T> {
  readonly #source: AsyncIterable<T>;
  readonly #signal: AbortSignal;
  #settled: Promise<unknown> = Promise.resolve();

  constructor(source: AsyncIterable<T>, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
  }

  /** Resolves when the source will not move any more. */
  get settled(): Promise<unknown> {
    return this.#settled;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    const iterator = this.#source[Symbol.asyncIterator]();
    const listening = new AbortController();
    const interrupted = new Promise<undefined>((resolve) => {
      const options = { once: true, signal: listening.signal };
      this.#signal.addEventListener("abort", () => resolve(undefined), options);
    });
    let ended = false;
    try {
      while (!this.#signal.aborted) {
        const step = await Promise.race([iterator.next(), interrupted]);
        if (step === undefined) return;
        ended = step.done === true;
        if (step.done) return;
        yield step.value;
      }
    } finally {
      listening.abort();
      if (!ended) this.#settled = Promise.allSettled([iterator.return?.()]);
    }
  }
}
