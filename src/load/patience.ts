/** How long to go on trying, and the waits between two tries: they grow, and vary, so that many loads do not come back at once. */
import { setTimeout as sleep } from "node:timers/promises";

/** The longest wait between two tries, unless a shorter one is asked for. */
const LONGEST_MS = 30_000;

/** How to be patient. */
export interface PatienceRule {
  /** From the first of several failures without progress between them. */
  readonly timeoutMs: number;
  readonly longestMs?: number;
  /** Cuts a wait short so that the last try comes at the end of the time; else no wait goes beyond it. */
  readonly toTheEnd?: boolean;
}

/** A wait before the next try. */
export interface Delay {
  readonly delayMs: number;
  /** Until the time is used up. */
  readonly leftMs: number;
  /** The number of the next try. */
  readonly nextTry: number;
}

/** Counts failures, and says how long to wait after each. */
export class Patience {
  readonly #rule: PatienceRule;
  #since = 0;
  #failures = 0;
  #committed = -1;

  constructor(rule: PatienceRule) {
    this.#rule = rule;
  }

  /** After a failure: how long to wait; `null` when the time is used up. `committed` tells progress. */
  next(committed: number): Delay | null {
    const { timeoutMs, longestMs = LONGEST_MS, toTheEnd = false } = this.#rule;
    if (committed !== this.#committed) {
      this.#committed = committed;
      this.#since = performance.now();
      this.#failures = 0;
    }
    this.#failures += 1;
    const leftMs = timeoutMs - (performance.now() - this.#since);
    const wantedMs = Math.random() * Math.min(longestMs, 100 * 2 ** this.#failures);
    const delayMs = toTheEnd ? Math.min(wantedMs, leftMs) : wantedMs;
    if (delayMs > leftMs || leftMs <= 0) return null;
    return { delayMs, leftMs, nextTry: this.#failures + 1 };
  }
}

/** Waits; false when `signal` ended it. */
export async function pause({ delayMs }: Delay, signal: AbortSignal | undefined): Promise<boolean> {
  await sleep(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  return signal?.aborted !== true;
}
