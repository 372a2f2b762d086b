/** What a signal does to a load: nothing more is read, and what is not committed is undone or, where it goes on later, finished. */
import { isResumable } from "./load-state.ts";
import type { LoadState } from "./load-state.ts";

/** Listening, until `over`. */
export interface Interrupt {
  over(): void;
}

/**
 * Stops the load as soon as `signal` is aborted. One that goes on later may finish its batch, for as long as `graceMs` says;
 * any other is cut off at once.
 */
export function onInterrupt(
  signal: AbortSignal,
  graceMs: number,
  current: () => LoadState,
): Interrupt {
  let grace: NodeJS.Timeout | undefined;
  const stop = (): void => {
    const state = current();
    void state.sources?.close();
    if (state.writers !== null && isResumable(state))
      grace = setTimeout(() => void cutOff(current()), graceMs);
    else void cutOff(current());
  };
  signal.addEventListener("abort", stop, { once: true });
  return {
    over: () => {
      clearTimeout(grace);
      signal.removeEventListener("abort", stop);
    },
  };
}

async function cutOff({ sources, writers, session }: LoadState): Promise<void> {
  await sources?.close();
  if (writers === null) await session?.close();
  else await writers.stop();
}
