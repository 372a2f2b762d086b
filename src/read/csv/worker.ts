/**
 * A thread that finds the fields of records in blocks of bytes. It decides nothing: `prefetch.ts` asks it, and does the
 * same itself where there is no thread.
 */
import { parentPort, workerData } from "node:worker_threads";
import { CsvBytes } from "./fast-path.ts";
import type { CsvSource } from "./fast-path.ts";
import type { PackedStretch, Stop } from "../text/fast-path.ts";

/** A block to look at: `length` bytes at the beginning of `shared`. */
export interface Question {
  readonly shared: SharedArrayBuffer;
  readonly length: number;
  readonly from: number;
  readonly last: boolean;
  readonly max: number;
}

/** What `CsvBytes.pack` has found there. */
export interface Answer {
  readonly found: PackedStretch | null;
  readonly stop: Stop;
}

const packer = new CsvBytes(workerData as CsvSource);

parentPort?.on("message", ({ shared, length, from, last, max }: Question) => {
  const found = packer.pack(Buffer.from(shared, 0, length), from, last, max);
  const answer: Answer = { found, stop: packer.stop };
  parentPort?.postMessage(answer, found === null ? [] : [found.places.buffer as ArrayBuffer]);
});
