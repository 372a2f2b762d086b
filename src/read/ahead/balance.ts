/**
 * How many of the records that a thread finds it encodes as well. Where the main thread would wait for it, that encodes the
 * others: both shall have as much to do.
 */

/** What a thread did with a block. */
export interface BlockWork {
  /** What finding the records and encoding them took, in ms. */
  readonly tookMs: number;
  /** The part of it that went into encoding. */
  readonly encodingMs: number;
  /** The share of the records that were encoded. */
  readonly share: number;
}

/** How much of a difference is made up for with the next block: single blocks scatter. */
const STEP = 0.25;

/** How long the main thread has waited and worked since this was asked last, in ms. */
export type MainThreadUse = () => { readonly idle: number; readonly active: number };

/** Shares work out between the main thread and the one that reads ahead. */
export class Balance {
  /** The share of the next block's records that the thread shall encode, from 0 to 1. */
  share = 1;
  readonly #mainThreadUse: MainThreadUse;
  /** What encoding all records of a block takes; 0 before it is known. */
  #wholeMs = 0;

  constructor(mainThreadUse: MainThreadUse = eventLoop()) {
    this.#mainThreadUse = mainThreadUse;
  }

  /** Learns from the time since the last call, in which the thread did this. */
  note({ tookMs, encodingMs, share }: BlockWork): void {
    const { idle, active } = this.#mainThreadUse();
    if (encodingMs > 0) this.#wholeMs = encodingMs / share;
    if (this.#wholeMs === 0) return;
    const threadIdle = Math.max(0, idle + active - tookMs);
    // What one of them is spared, the other has to do.
    const change = (threadIdle - idle) / (2 * this.#wholeMs);
    this.share = Math.min(1, Math.max(0, this.share + STEP * change));
  }
}

/** By the time that the event loop has spent waiting. */
function eventLoop(): MainThreadUse {
  let since = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const used = performance.eventLoopUtilization(now, since);
    since = now;
    return used;
  };
}
