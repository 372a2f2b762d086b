/** Waiting that ends with a signal, and leaves nothing behind in it. */

/** What `work` comes to; throws the signal's reason as soon as there is one. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    const forget = (): void => signal.removeEventListener("abort", stop);
    void work.then(resolve, reject).finally(forget);
  });
}
