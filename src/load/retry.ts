/**
 * The loop around a load: it starts again after its last commit where an error may pass, or where the next try treats some
 * rows differently. It knows decisions and outcomes; what a try does is `load.ts`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Retry } from "../errors/codes.ts";
import type { Log } from "../model/log.ts";
import type { Lessons } from "./lessons.ts";
import type { LoadOutcome } from "./make-report.ts";

/** What a try came to. */
export interface Tried {
  /** Whether to try again: at once (`restart`), or after a while that grows (`backoff`). */
  readonly retry: Retry;
  readonly error: unknown;
  /** Records that are committed, by this run and earlier ones: a failure after progress is a new one. */
  readonly committed: number;
  /** What the next try is to know. */
  lessons(): Lessons;
  /** Nobody will try again: whoever lists the jobs is to know. */
  gaveUp(): Promise<void>;
  /** What became of the load; closes its reject files. */
  conclude(): LoadOutcome;
  /** Closes whatever is open. */
  close(): Promise<void>;
}

/** How to try. */
export interface Trying {
  /** How long to go on, in milliseconds, from the first of several failures without progress between them. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly tryOnce: (lessons: Lessons) => Promise<Tried>;
}

/** The outcome of the last try. */
export async function retry(first: Lessons, trying: Trying): Promise<LoadOutcome> {
  const { log, signal, tryOnce } = trying;
  const patience = new Patience(trying.timeoutMs);
  let lessons = first;
  for (let tries = 1; ; tries += 1) {
    const tried = await tryOnce(lessons);
    try {
      if (tried.error === null) return tried.conclude();
      log.debug({ err: tried.error }, "the load failed");
      const again =
        tried.retry === "restart" ||
        (tried.retry === "backoff" && (await patience.wait(tried.committed, signal)));
      if (!again) {
        await tried.gaveUp();
        return tried.conclude();
      }
      log.warn({ try: tries, error: textOf(tried.error) }, "starting again after the last commit");
      lessons = tried.lessons();
    } finally {
      await tried.close();
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "an error that is none";
}

/** Waits between tries, for so long in all. */
class Patience {
  readonly #timeoutMs: number;
  #since = 0;
  #failures = 0;
  #committed = -1;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Waits with back-off and jitter; false when the time is used up. */
  async wait(committed: number, signal: AbortSignal): Promise<boolean> {
    if (committed !== this.#committed) {
      this.#committed = committed;
      this.#since = performance.now();
      this.#failures = 0;
    }
    this.#failures += 1;
    const delayMs = Math.random() * Math.min(30_000, 100 * 2 ** this.#failures);
    if (signal.aborted || performance.now() - this.#since + delayMs > this.#timeoutMs) return false;
    await sleep(delayMs, undefined, { signal }).catch(() => {});
    return !signal.aborted;
  }
}
