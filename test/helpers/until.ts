/** Waiting in tests: for what a test needs to see, never for a time. `test/test-rules.test.ts` refuses other ways. */
import { inspect } from "node:util";

/** Far more than anything takes, on any machine; less than a test has, so that what was waited for is told. */
export const LIMIT_MS = 120_000;

const POLL_MS = 10;

/**
 * Looks again and again until what it sees is enough (unless `enough` says otherwise: anything but false, 0, "" and null),
 * and answers with that. What `look` throws ends the waiting.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  enough: (seen: T) => boolean = Boolean,
): Promise<T> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const seen = await look();
    if (enough(seen)) return seen;
    if (performance.now() >= end) {
      throw new Error(`waited ${LIMIT_MS / 1000} s for ${what}; last seen: ${inspect(seen)}`);
    }
    await new Promise((resolve) => void setTimeout(resolve, POLL_MS));
  }
}
