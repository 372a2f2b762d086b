/**
 * A thread that finds the fields of records in blocks of bytes. It decides nothing: `prefetch.ts` asks it, and the reader
 * does the same itself where there is no thread.
 */
import { parentPort, workerData } from "node:worker_threads";
import { CsvBytes } from "../csv/fast-path.ts";
import type { CsvSource } from "../csv/fast-path.ts";
import { JsonBytes } from "../json/fast-path.ts";
import type { JsonSource } from "../json/fast-path.ts";
import type { Packer, PackedRun, PackStop } from "../text/fast-path.ts";

/** What tells the fields of a source's records, by its format. */
export type PackerSource =
  | { readonly format: "csv"; readonly of: CsvSource }
  | { readonly format: "ndjson"; readonly of: JsonSource };

/** A block to look at: `length` bytes at the beginning of `shared`. */
export interface PrefetchRequest {
  readonly shared: SharedArrayBuffer;
  readonly length: number;
  readonly from: number;
  readonly last: boolean;
  readonly max: number;
}

/** What a packer of the format has found there; its objects are copies. */
export interface PrefetchAnswer<P extends PackedRun> {
  readonly found: P | null;
  readonly stop: PackStop;
}

function packerOf({ format, of }: PackerSource): Packer<PackedRun> {
  return format === "csv" ? new CsvBytes(of) : new JsonBytes(of);
}

const packer = packerOf(workerData as PackerSource);

parentPort?.on("message", ({ shared, length, from, last, max }: PrefetchRequest) => {
  const found = packer.pack(Buffer.from(shared, 0, length), from, last, max);
  const answer: PrefetchAnswer<PackedRun> = { found, stop: packer.stop };
  parentPort?.postMessage(answer, found === null ? [] : [found.places.buffer as ArrayBuffer]);
});
