/**
 * Reading ahead in a thread: while the records of one block are written, the fields of the next are found. A source must
 * have proved large for it. Where no thread can be started, or it fails, everything is found by the caller as before.
 */
import { isDeepStrictEqual } from "node:util";
import { Worker } from "node:worker_threads";
import type { AheadEncoding, AheadReader, EncodedRecords } from "../../model/encoded.ts";
import { moduleBeside } from "../../model/module-beside.ts";
import type { PackedFields } from "../../model/packed.ts";
import type { Block } from "../bytes/blocks.ts";
import { Balance } from "./balance.ts";
import type { PackerSource, PrefetchAnswer, PrefetchMessage, PrefetchRequest } from "./worker.ts";
import type { PackedRun, PackStop } from "../text/fast-path.ts";
import type { RecordStream, Span } from "../text/record-stream.ts";

/** Bytes of a source that are read without a thread, unless it is there already: a small load must not pay for one. */
const AHEAD_FROM = 4 * 1024 * 1024;

/** A source that is known to have so many bytes gets its thread with the first of them. */
const LONG_BYTES = 8 * 1024 * 1024;

/** The thread needs next to no memory of its own. */
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };

/** Records that were found ahead, and what follows them. */
export interface PrefetchedRecords<P extends PackedRun> {
  readonly found: P;
  readonly stop: PackStop;
  readonly from: number;
  /** The same records as a target has asked for them; `null`: nobody has. */
  readonly encoded: EncodedRecords | null;
}

/** Where a splitter is between two records; `null` within one. */
interface Between {
  readonly between: number | null;
}

interface PendingBlock<P extends PackedRun> {
  readonly block: Block;
  readonly from: number;
  readonly max: number;
  readonly encoding: AheadEncoding | null;
  readonly share: number;
  readonly answer: Promise<PrefetchAnswer<P> | null>;
}

/** Reads one source ahead. */
export class Prefetch<P extends PackedRun> {
  readonly #source: PackerSource;
  readonly #bytes: number | null;
  readonly #aheadFrom: number;
  /** `null` before it is needed, and when it is over with threads. */
  #worker: Worker | null = null;
  /** It has said that it is there. */
  #isThere = false;
  #over = false;
  #shared = new SharedArrayBuffer(0);
  #asked: PendingBlock<P> | null = null;
  #settle: ((answer: PrefetchAnswer<P> | null) => void) | null = null;
  /** What went wrong when reading on; raised when the records before it were handed out. */
  #failure: { readonly error: unknown } | null = null;
  /** What a target has asked for, and what the thread was told. */
  #encoding: AheadEncoding | null = null;
  #told: AheadEncoding | null = null;
  readonly #balance = new Balance();
  readonly #reader: AheadReader = {
    encode: (encoding) => {
      if (!isDeepStrictEqual(encoding, this.#encoding)) this.#encoding = encoding;
    },
  };

  /** The source has so many bytes as it is stored, `null` where that is not known. */
  constructor(source: PackerSource, bytes: number | null, aheadFrom: number = AHEAD_FROM) {
    this.#source = source;
    this.#bytes = bytes;
    this.#aheadFrom = aheadFrom;
  }

  /** All records will be read: a source that is known to be long gets its thread. */
  begin(): void {
    if (this.#aheadFrom < Infinity && (this.#bytes ?? 0) >= LONG_BYTES) this.#hasWorker();
  }

  /** Reads on, and asks for the fields of at most `max` records there. The records before it were found. */
  async lookOn<S extends Span>(
    stream: RecordStream<S>,
    splitter: Between,
    max: number,
  ): Promise<void> {
    // A thread that is still starting is not waited for where there is as much else to do.
    if (!this.#isThere && (stream.base < this.#aheadFrom || !this.#hasWorker())) return;
    try {
      await stream.advance();
    } catch (error) {
      this.#failure = { error };
      return;
    }
    const from = splitter.between;
    if (from !== null) this.#ask(stream.block, from, max);
  }

  /** The records that were asked for; `null` when there are none, or others are wanted. */
  async take(block: Block, from: number | null, max: number): Promise<PrefetchedRecords<P> | null> {
    if (this.#failure !== null) throw this.#failure.error;
    const asked = this.#asked;
    this.#asked = null;
    if (asked === null) return null;
    const answer = await asked.answer;
    if (answer !== null) this.#balance.note({ ...answer.work, share: asked.share });
    if (asked.block !== block || asked.from !== from || asked.max !== max) return null;
    if (answer === null || answer.found === null) return null;
    const { found, stop, encoded } = answer;
    const { encoding: by } = asked;
    const { places: of } = found;
    const isOwn = encoded !== null && by !== null;
    return { found, stop, from, encoded: isOwn ? { ...encoded, by, of } : null };
  }

  /** The fields with what a target that encodes is told beside them. */
  offer(fields: PackedFields, known: PrefetchedRecords<P> | null): PackedFields {
    const encoded = known?.encoded ?? null;
    return { ...fields, ahead: this.#reader, ...(encoded === null ? {} : { encoded }) };
  }

  /** Ends the thread; safe to call at any time. */
  async close(): Promise<void> {
    this.#over = true;
    await this.#worker?.terminate();
  }

  #ask(block: Block, from: number, max: number): void {
    const worker = this.#worker;
    if (worker === null) return;
    const { bytes, last } = block;
    if (this.#shared.byteLength < bytes.length) this.#shared = new SharedArrayBuffer(bytes.length);
    bytes.copy(new Uint8Array(this.#shared), from, from);
    const encoding = this.#encoding;
    const { share } = this.#balance;
    const question: PrefetchRequest = {
      shared: this.#shared,
      length: bytes.length,
      from,
      last,
      max,
      share,
      ...(encoding === this.#told ? {} : { encoding }),
    };
    this.#told = encoding;
    const answer = new Promise<PrefetchAnswer<P> | null>((resolve) => (this.#settle = resolve));
    // Only while something is awaited of it, the thread keeps the process alive.
    worker.ref();
    worker.postMessage(question, []);
    this.#asked = { block, from, max, encoding, share, answer };
  }

  #hasWorker(): boolean {
    if (this.#worker === null && !this.#over) this.#worker = this.#start();
    return this.#worker !== null;
  }

  #start(): Worker | null {
    try {
      const worker = new Worker(moduleBeside(import.meta.url, "worker"), {
        workerData: this.#source,
        resourceLimits: LIMITS,
      });
      worker.unref();
      worker.on("message", (message: PrefetchMessage<P>) => {
        if (message === "there") {
          this.#isThere = true;
          return;
        }
        worker.unref();
        this.#answered(message);
      });
      worker.on("error", () => this.#answered(null));
      worker.on("exit", () => {
        this.#over = true;
        this.#isThere = false;
        this.#worker = null;
        this.#answered(null);
      });
      return worker;
    } catch {
      this.#over = true;
      return null;
    }
  }

  #answered(answer: PrefetchAnswer<P> | null): void {
    this.#settle?.(answer);
    this.#settle = null;
  }
}
