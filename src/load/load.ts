/**
 * The pipeline on one screen: prepare → begin → read, map, write batch by batch → final check → commit → report.
 * A fault that may pass makes the load start again after its last commit: what was committed is in the checkpoint.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { Attempt } from "./attempt.ts";
import type { Options } from "../options/options.ts";
import { makeReport } from "./make-report.ts";
import type { Report } from "../report/report.ts";

/** How far a load has come; sent at most a few times a second. */
export interface Progress {
  readonly records: number;
  readonly rejected: number;
  /** Stored bytes read, over all sources. */
  readonly bytes: number;
  /** Stored bytes of all sources; `null` when one is a stream. */
  readonly totalBytes: number | null;
  readonly seconds: number;
}

/** What a load needs of its surroundings. */
export interface Surroundings {
  readonly stdin: NodeJS.ReadableStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** Aborting rolls the load back; the report then says `interrupted`. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Loads `sources` under `options`. Never throws: what went wrong is in the report. */
export async function load(
  sources: readonly string[],
  options: Options,
  surroundings: Surroundings,
): Promise<Report> {
  const started = performance.now();
  const patience = new Patience(options.retryTimeout);
  let attempt = new Attempt(options, surroundings, started);
  for (let tries = 1; ; tries += 1) {
    const current = attempt;
    try {
      await attempt.run(sources);
      return makeReport(attempt.outcome(null), options, started);
    } catch (error) {
      surroundings.log.debug({ err: error }, "the load failed");
      const when = attempt.mayRetry(error);
      const again =
        when === "now" ||
        (when === "later" && (await patience.wait(current.committed, surroundings)));
      if (!again) {
        await attempt.noteFailure();
        return makeReport(attempt.outcome(error), options, started);
      }
      surroundings.log.warn(
        { try: tries, error: String(error) },
        "starting again after the last commit",
      );
      attempt = attempt.startAgain(error);
    } finally {
      await current.close();
    }
  }
}

/** How long to go on trying: it counts from the first of several failures without progress between them. */
class Patience {
  readonly #timeoutMs: number;
  #since = 0;
  #failures = 0;
  #committed = -1;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Waits with back-off and jitter; false when the time is used up. */
  async wait(committed: number, { signal }: Surroundings): Promise<boolean> {
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
