/** The sources of one try of a load, read one after another, and how far they have been read. */
import type { JobRun } from "../load/begin-job.ts";
import type { Options } from "../options/options.ts";
import { openNext } from "../load/prepare.ts";
import type { PreparedLoad } from "../load/prepare.ts";
import type { UnseenFields } from "../plan/unseen-fields.ts";
import type { Source } from "../read/source.ts";
import type { RejectBook } from "../account/reject-book.ts";
import type { SourceEvent } from "../write/batches.ts";

/** What reading depends on, beside the plan. */
export interface ReadingContext {
  readonly options: Options;
  readonly rejects: RejectBook;
  readonly signal: AbortSignal;
  /** Told of the fields of all headers. */
  readonly unseen: UnseenFields;
}

/** Reads the sources of a load, or what is left of those of a job. */
export class ReadInTurn {
  readonly #context: ReadingContext;
  #source: Source | null = null;
  #bytesBefore = 0;
  #rereadable = true;

  constructor(context: ReadingContext) {
    this.#context = context;
  }

  /** Every source opened so far can be read again. */
  get rereadable(): boolean {
    return this.#rereadable;
  }

  /** Stored bytes that were read. */
  get bytes(): number {
    return this.#bytesBefore + (this.#source?.bytesRead ?? 0);
  }

  /** Stored bytes of the source at hand; `null` when that is not known. */
  get sizeBytes(): number | null {
    return this.#source?.sizeBytes ?? null;
  }

  /** Told of a source as soon as it is open, so that an interrupt can close it. */
  opened(source: Source): void {
    this.#source = source;
    const { fields, headerFields } = source;
    if (fields !== null) this.#context.unseen.see(fields, headerFields);
    this.#rereadable &&= source.rereadable;
  }

  /** The records of all sources, in order; `job`: what is left of them, and where each ends. */
  pieces(prepared: PreparedLoad, job: JobRun | null): AsyncGenerator<SourceEvent> {
    return job === null ? this.#all(prepared) : this.#left(job);
  }

  async *#all(prepared: PreparedLoad): AsyncGenerator<SourceEvent> {
    for await (const chunk of prepared.sampled.chunks) yield { chunk, source: null };
    for (const path of prepared.paths.slice(1)) {
      const source = await openNext(prepared, path, this.#context.options);
      await this.#next(source);
      for await (const chunk of source.chunks()) yield { chunk, source: null };
    }
  }

  async *#left({ resumed }: JobRun): AsyncGenerator<SourceEvent> {
    const { signal, options } = this.#context;
    for (const { open, number, name, from } of resumed.work) {
      const { source, chunks } = await open();
      if (source !== this.#source) await this.#next(source);
      const { prefix, format } = source;
      if (prefix === null) throw new Error("a job reads its sources with their hash");
      const limited = options.limit !== null;
      const of = { number, name, prefix, from, inLines: format !== "json", limited };
      for await (const chunk of chunks) yield { chunk, source: of };
      // A source that was closed by an interrupt has not come to its end.
      if (signal.aborted) return;
      yield { chunk: null, source: of };
    }
  }

  /** Goes over to a further source. */
  async #next(source: Source): Promise<void> {
    this.#bytesBefore += this.#source?.bytesRead ?? 0;
    await this.#source?.close();
    this.opened(source);
    this.#context.rejects.register(source);
  }

  /** Closes the source at hand; safe to call at any time. */
  async close(): Promise<void> {
    await this.#source?.close();
  }
}
