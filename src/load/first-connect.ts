/** The first connection of a run, under `--wait`: a server that is not there yet is tried again, one that refuses is not. */
import { retryOf, UpsurgeError } from "../errors/upsurge-error.ts";
import type { Away } from "../model/report/progress.ts";
import { Patience, pause } from "./patience.ts";

/** A server that starts is looked for often: somebody waits for it. */
const LONGEST_MS = 2000;

/** How long to wait for a server, and who is told of it. */
export interface FirstConnectRule {
  /** 0: it is tried once. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told before every wait; `null`: the wait is over. */
  readonly onAway?: ((away: Away | null) => void) | undefined;
}

/** What `connect` answers with in the end. Throws what its last try has thrown. */
export async function connectFirst<T>(
  connect: () => Promise<T>,
  { waitMs, signal, onAway }: FirstConnectRule,
): Promise<T> {
  const patience = new Patience({ timeoutMs: waitMs, longestMs: LONGEST_MS, toTheEnd: true });
  try {
    for (;;) {
      try {
        return await connect();
      } catch (error) {
        // Other passwords and databases than those that were given do not come with time.
        const delay = retryOf(error) === "backoff" ? patience.next(0) : null;
        if (delay === null || signal?.aborted === true) throw error;
        onAway?.({
          reason: reasonOf(error),
          nextInSeconds: delay.delayMs / 1000,
          givesUpInSeconds: delay.leftMs / 1000,
          nextTry: delay.nextTry,
        });
        if (!(await pause(delay, signal))) throw error;
      }
    }
  } finally {
    onAway?.(null);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof UpsurgeError && error.code === "TARGET_READ_ONLY")
    return "the server takes no writes yet";
  const busy = error instanceof UpsurgeError && error.code !== "TARGET_UNREACHABLE";
  return busy ? "the server does not take connections yet" : "the server cannot be reached yet";
}
