/**
 * A thread that finds the fields of records in blocks of bytes. It decides nothing: `prefetch.ts` asks it, and does the
 * same itself where there is no thread.
 */
import { parentPort, workerData } from "node:worker_threads";
import { CsvBytes } from "./fast-path.ts";
import type { CsvSource } from "./fast-path.ts";
import type { PackedRun, PackStop } from "../text/fast-path.ts";

/** A block to look at: `length` bytes at the beginning of `shared`. */
export interface PrefetchRequest {
  readonly shared: SharedArrayBuffer;
  readonly length: number;
  readonly from: number;
  readonly last: boolean;
  readonly max: number;
}

/** What `CsvBytes.pack` has found there. */
export interface PrefetchAnswer {
  readonly found: PackedRun | null;
  readonly stop: PackStop;
}

const packer = new CsvBytes(workerData as CsvSource);

parentPort?.on("message", ({ shared, length, from, last, max }: PrefetchRequest) => {
  const found = packer.pack(Buffer.from(shared, 0, length), from, last, max);
  const answer: PrefetchAnswer = { found, stop: packer.stop };
  parentPort?.postMessage(answer, found === null ? [] : [found.places.buffer as ArrayBuffer]);
});
