/** Tells how far a load has come: after its batches, and every now and then while it is at one. */
import { noCounts } from "../model/counts.ts";
import type { ReadBatch } from "../write/batches.ts";
import type { RunningLoad } from "./load-state.ts";

/** Milliseconds between two progress reports. */
const PROGRESS_MS = 100;

/** Milliseconds after which a load that is at one batch all the time shows that it lives. */
const SIGN_OF_LIFE_MS = 1000;

/** Tells of one try, until `end`. */
export class ProgressTeller {
  readonly #load: RunningLoad;
  // Work that never settles must not be kept alive by telling of it.
  readonly #alive = setInterval(() => this.#tell(), SIGN_OF_LIFE_MS).unref();
  #last = 0;

  constructor(load: RunningLoad) {
    this.#load = load;
  }

  /** A batch was written. */
  wrote({ batch: { number, size, packed }, rejects }: ReadBatch): void {
    const path = packed === null ? "slow" : "fast";
    const batch = { batch: number, rows: size, rejects: rejects.length, path };
    this.#load.request.surroundings.log.debug(batch, "batch");
    this.#tell();
  }

  #tell(): void {
    const now = performance.now();
    if (now - this.#last < PROGRESS_MS) return;
    this.#last = now;
    const { ledger, prepared, request } = this.#load;
    const { read: records, rejected } = ledger.seen ?? noCounts();
    request.surroundings.onProgress({
      records,
      rejected,
      bytes: prepared.sources.bytes,
      totalBytes: prepared.sources.totalBytes,
      seconds: (now - request.started) / 1000,
    });
  }

  /** Nothing more is told. */
  end(): void {
    clearInterval(this.#alive);
  }
}
