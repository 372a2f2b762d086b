/**
 * A thread that finds the fields of records in blocks of bytes, and encodes them where a target has asked for it. It decides
 * nothing: `prefetch.ts` asks it, and the reader and the target do the same themselves where there is no thread.
 */
import { parentPort, workerData } from "node:worker_threads";
import type {
  AheadEncoder,
  AheadEncoding,
  EncodedBytes,
  EncoderModule,
} from "../../model/encoded.ts";
import type { PackedFields } from "../../model/packed.ts";
import { CsvBytes } from "../csv/fast-path.ts";
import type { CsvSource } from "../csv/fast-path.ts";
import { JsonBytes } from "../json/fast-path.ts";
import type { JsonSource } from "../json/fast-path.ts";
import type { BlockWork } from "./balance.ts";
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
  /** The share of the records that is encoded, from the first on: 0 to 1. */
  readonly share: number;
  /** How this block and those after it are encoded, `null` being not at all; absent: as the block before. */
  readonly encoding?: AheadEncoding | null;
}

/** What a packer of the format has found there; its objects are copies. */
export interface PrefetchAnswer<P extends PackedRun> {
  readonly found: P | null;
  readonly stop: PackStop;
  /** `null` where they were not encoded. */
  readonly encoded: EncodedBytes | null;
  readonly work: Omit<BlockWork, "share">;
}

/** What the thread says: that it is there, once, and then an answer to each question. */
export type PrefetchMessage<P extends PackedRun> = "there" | PrefetchAnswer<P>;

function packerOf({ format, of }: PackerSource): Packer<PackedRun> {
  return format === "csv" ? new CsvBytes(of) : new JsonBytes(of);
}

/** The target's encoder; `null` where it cannot be had: then the target encodes. */
async function encoderOf({ module, data }: AheadEncoding): Promise<AheadEncoder | null> {
  try {
    const found = (await import(module)) as EncoderModule;
    return found.encoderOf(data);
  } catch {
    return null;
  }
}

function buffersOf(encoded: EncodedBytes | null): (ArrayBuffer | undefined)[] {
  if (encoded === null) return [];
  const { bytes, starts, ends, hashes } = encoded;
  return [bytes.buffer, starts.buffer, ends.buffer, hashes?.buffer];
}

const packer = packerOf(workerData as PackerSource);
let encoder: AheadEncoder | null = null;

function encode(fields: PackedFields, share: number): EncodedBytes | null {
  return encoder?.(fields, Math.round(fields.records * share)) ?? null;
}

async function answer(request: PrefetchRequest): Promise<void> {
  const { shared, length, from, last, max, share, encoding } = request;
  if (encoding !== undefined) encoder = encoding === null ? null : await encoderOf(encoding);
  const begun = performance.now();
  const bytes = Buffer.from(shared, 0, length);
  const found = packer.pack(bytes, from, last, max);
  const { stop } = packer;
  const known = performance.now();
  const encoded = found === null ? null : encode(packer.fields(found, bytes, from), share);
  const ended = performance.now();
  const told: PrefetchAnswer<PackedRun> = {
    found,
    stop,
    encoded,
    work: {
      tookMs: ended - begun,
      encodingMs: encoded === null || share === 0 ? 0 : ended - known,
    },
  };
  const moved = [found?.places.buffer, ...buffersOf(encoded)];
  parentPort?.postMessage(told, moved.filter((buffer) => buffer !== undefined) as ArrayBuffer[]);
}

// A thread that fails ends: what is awaited of it is found without it, whatever a process does about promises.
parentPort?.on("message", (request: PrefetchRequest) => {
  answer(request).catch(() => process.exit(1));
});
parentPort?.postMessage("there" satisfies PrefetchMessage<PackedRun>, []);
