/** Whom a load tells, in the caller's code: what throws there stops the load, and is the caller's to catch. */
import type { Progress } from "../model/report/progress.ts";
import type { RejectedRow } from "./load.ts";

/** What a caller listens with. */
export interface Listening {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onReject?: (reject: RejectedRow) => void;
}

/** The listeners of one load. */
export class Listeners {
  readonly #listening: Listening;
  readonly #stop = new AbortController();
  #thrown: { readonly error: unknown } | null = null;
  /** Aborted by the caller, or when a listener has thrown. */
  readonly signal: AbortSignal;

  constructor(listening: Listening) {
    this.#listening = listening;
    const { signal } = listening;
    const { signal: own } = this.#stop;
    this.signal = signal === undefined ? own : AbortSignal.any([signal, own]);
  }

  /** Never throws: a timer calls it, and nobody could catch it there. */
  onProgress(progress: Progress): void {
    if (this.#thrown !== null) return;
    try {
      this.#listening.onProgress?.(progress);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Throws what the listener throws, so that the reject counts for nothing. */
  onReject(reject: () => RejectedRow): void {
    const { onReject } = this.#listening;
    if (onReject === undefined) return;
    try {
      onReject(reject());
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #fail(error: unknown): void {
    this.#thrown ??= { error };
    this.#stop.abort();
  }

  /** Throws what a listener has thrown first. */
  check(): void {
    if (this.#thrown !== null) throw this.#thrown.error;
  }
}
