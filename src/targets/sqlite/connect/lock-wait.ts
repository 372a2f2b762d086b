/** Waiting for the locks of other processes without blocking this one, so that a signal can still stop it. */
import { setTimeout as sleep } from "node:timers/promises";
import { isBusy } from "../errors.ts";

/** Milliseconds between two tries for a lock. */
const LOCK_POLL_MS = 25;

/** How to wait. */
export interface LockWaitRule {
  readonly timeoutMs: number;
  /** Told when the waiting begins, and when it is over. */
  readonly onWait: (waiting: boolean) => void;
}

/**
 * Runs `work`, from its beginning again while another process holds a lock, up to the timeout.
 * The connection itself must not wait. Closing it ends the waiting: `work` then fails for that.
 */
export async function whileLocked<T>(
  work: () => T,
  { timeoutMs, onWait }: LockWaitRule,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  try {
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= until) throw error;
        onWait(true);
        await sleep(LOCK_POLL_MS);
      }
    }
  } finally {
    onWait(false);
  }
}
