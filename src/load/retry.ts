/**
 * The loop around a load: it starts again after its last commit where an error may pass, or where the next try treats some
 * rows differently. It knows decisions and outcomes; what a try does is `load.ts`.
 */
import type { Retry } from "../errors/codes.ts";
import { UpsurgeError } from "../errors/upsurge-error.ts";
import type { Log } from "../model/log.ts";
import type { Away } from "../model/report/progress.ts";
import { Patience, pause } from "./patience.ts";
import type { Delay } from "./patience.ts";

/** What a try came to; the next one is to know `L`, and the last one ends with `O`. */
export interface Tried<L, O> {
  /** Whether to try again: at once (`restart`), or after a while that grows (`backoff`). */
  readonly retry: Retry;
  readonly error: unknown;
  /** Records that are committed, by this run and earlier ones: a failure after progress is a new one. */
  readonly committed: number;
  /** What the next try is to know. */
  lessons(): L;
  /** Nobody will try again: whoever lists the jobs is to know. */
  gaveUp(): Promise<void>;
  /** What became of the load; closes its reject files. */
  conclude(): O;
  /** Closes whatever is open. */
  close(): Promise<void>;
}

/** What the loop works with. */
export interface RetryContext<L, O> {
  /** How long to go on, in milliseconds, from the first of several failures without progress between them. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Told before a wait for a server that is away or busy; `null`: it is over. */
  readonly onAway: (away: Away | null) => void;
  readonly tryOnce: (lessons: L) => Promise<Tried<L, O>>;
}

/** The outcome of the last try. */
export async function retry<L, O>(first: L, context: RetryContext<L, O>): Promise<O> {
  const { log, tryOnce } = context;
  const patience = new Patience({ timeoutMs: context.timeoutMs });
  let lessons = first;
  for (let tries = 1; ; tries += 1) {
    const tried = await tryOnce(lessons);
    try {
      if (tried.error === null) return tried.conclude();
      log.debug({ err: tried.error }, "the load failed");
      const again =
        tried.retry === "restart" ||
        (tried.retry === "backoff" && (await waitFor(tried, patience, context)));
      if (!again) {
        await tried.gaveUp();
        return tried.conclude();
      }
      const from = tried.committed > 0 ? "after the last commit" : "from the first record";
      const facts = { try: tries, error: textOf(tried.error) };
      // A wait was told of before it began.
      if (tried.retry === "restart") log.warn(facts, `starting again ${from}`);
      else log.info(facts, `starting again ${from}`);
      lessons = tried.lessons();
    } finally {
      await tried.close();
    }
  }
}

/** Waits before the next try; false when there is to be none. */
async function waitFor(
  { error, committed }: Pick<Tried<unknown, unknown>, "error" | "committed">,
  patience: Patience,
  { signal, onAway }: Pick<RetryContext<unknown, unknown>, "signal" | "onAway">,
): Promise<boolean> {
  const delay = patience.next(committed);
  if (delay === null || signal.aborted) return false;
  onAway(awayFor(error, delay));
  const again = await pause(delay, signal);
  // A next try tells by itself that it connects.
  if (!again) onAway(null);
  return again;
}

function awayFor(error: unknown, { delayMs, leftMs, nextTry }: Delay): Away {
  return {
    reason: reasonOf(error),
    nextInSeconds: delayMs / 1000,
    givesUpInSeconds: leftMs / 1000,
    nextTry,
  };
}

/** The codes of a server that has gone, and of one that does not come back. */
const GONE: readonly string[] = ["TARGET_LOST", "TARGET_UNREACHABLE", "TARGET_OUTCOME_UNKNOWN"];

function reasonOf(error: unknown): string {
  if (!(error instanceof UpsurgeError)) return "the load was interrupted";
  return GONE.includes(error.code) ? "the server went away" : error.message;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : "an error that is none";
}
