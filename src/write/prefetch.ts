/** Reading ahead: the next value is on its way while its consumer works on the one before. */
import { unlessAborted } from "./unless-aborted.ts";

/** What goes on during the reading. */
export interface PrefetchHooks<T> {
  /** Told of a value as soon as there is one, though its consumer is still at work on the one before. */
  readonly ready: (value: T) => void;
  /** Ends a wait for a value, by throwing its reason. */
  readonly failed: AbortSignal;
}

/** Yields the same values, asking for the next one while the consumer works on this one. */
export async function* prefetch<T>(
  values: AsyncGenerator<T>,
  { ready, failed }: PrefetchHooks<T>,
): AsyncGenerator<T> {
  const ask = (): Promise<IteratorResult<T>> => {
    const asked = values.next().then((next) => {
      if (next.done !== true) ready(next.value);
      return next;
    });
    // A failure is raised by whoever awaits it, once the value before it has been used.
    asked.catch(() => {});
    return asked;
  };
  try {
    let next = ask();
    for (;;) {
      const { done, value } = await unlessAborted(next, failed);
      if (done === true) return;
      next = ask();
      yield value;
    }
  } finally {
    // Not awaited: a source that waits for input would hold up the end of a failed load.
    values.return(undefined).catch(() => {});
  }
}
