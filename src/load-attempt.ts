/**
 * One try of a load, from connecting to commit: read → map → write, batch by batch, in one transaction.
 * What it has counted and opened is here; whether to try again is `load.ts`'s to decide.
 */
import { UpsurgeError, upsurgeError } from "./errors/upsurge-error.ts";
import type { Progress, Surroundings } from "./load.ts";
import { accountedFor, addCounts, noCounts } from "./model/counts.ts";
import type { BatchResult } from "./model/batch.ts";
import type { RecordChunk } from "./model/record.ts";
import type { Reject } from "./model/reject.ts";
import type { Options } from "./options/options.ts";
import { openNext, prepare } from "./plan-load.ts";
import type { Prepared } from "./plan-load.ts";
import type { Source } from "./read/source.ts";
import type { Outcome } from "./report/make-report.ts";
import { RejectBook } from "./report/reject-book.ts";
import { TransactionDoomed } from "./targets/target.ts";
import type { Session, Writer } from "./targets/target.ts";
import { gather, readAhead } from "./write/batches.ts";
import type { Gathered } from "./write/batches.ts";
import { RecordMapper } from "./write/map-records.ts";
import { Quarantine } from "./write/quarantine.ts";
import { BatchWriter } from "./write/write-batch.ts";

/** Milliseconds between two progress reports. */
const PROGRESS_MS = 100;

/** What a try takes over from the one before. */
interface Continued {
  readonly rejects: RejectBook;
  readonly quarantine: Quarantine;
  readonly again: boolean;
}

/** One try; used once. */
export class Attempt {
  readonly #options: Options;
  readonly #surroundings: Surroundings;
  readonly #started: number;
  readonly #counts = noCounts();
  readonly #rejects: RejectBook;
  readonly #quarantine: Quarantine;
  #prepared: Prepared | null = null;
  #session: Session | null = null;
  /** Every source opened so far can be read again. */
  #rereadable = true;
  #source: Source | null = null;
  #bytesBefore = 0;
  #lastProgress = 0;
  #committing = false;
  /** A try before this one has reached the database. */
  readonly #again: boolean;

  constructor(
    options: Options,
    surroundings: Surroundings,
    started: number,
    { rejects, quarantine, again }: Continued = {
      rejects: new RejectBook(options),
      quarantine: new Quarantine(),
      again: false,
    },
  ) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#started = started;
    this.#rejects = rejects;
    this.#quarantine = quarantine;
    this.#again = again;
  }

  /** Runs the load to its commit. Throws what stopped it, with everything rolled back. */
  async run(sources: readonly string[]): Promise<void> {
    const { signal } = this.#surroundings;
    const stop = (): void => void this.#abort();
    signal.addEventListener("abort", stop, { once: true });
    try {
      const prepared = await prepare(sources, this.#options, {
        ...this.#surroundings,
        onSession: (session) => (this.#session = session),
        onSource: (source) => this.#opened(source),
      });
      this.#prepared = prepared;
      signal.throwIfAborted();
      this.#rejects.open(prepared.first);
      await this.#write(prepared);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #opened(source: Source): void {
    this.#source = source;
    this.#rereadable &&= source.rereadable;
  }

  async #write(prepared: Prepared): Promise<void> {
    const { session, plan } = prepared;
    const writer = await this.#begin(prepared);
    try {
      const batches = new BatchWriter(plan, {
        writer,
        capabilities: session.capabilities,
        classify: (error) => session.classify(error),
        quarantine: this.#quarantine,
      });
      const mapper = new RecordMapper(plan, {
        resolve: prepared.resolve,
        capabilities: session.capabilities,
        missingFields: this.#options.missingFields,
      });
      for await (const gathered of readAhead(
        gather(this.#chunks(prepared), mapper, plan.batchRows),
      )) {
        this.#surroundings.signal.throwIfAborted();
        this.#account(gathered, await batches.write(gathered.batch));
      }
      this.#surroundings.signal.throwIfAborted();
      await this.#finish(writer);
    } catch (error) {
      await writer.rollback();
      throw this.#surroundings.signal.aborted ? error : session.translate(error);
    }
  }

  async #begin({ session, plan }: Prepared): Promise<Writer> {
    const { log } = this.#surroundings;
    if (log.isLevelEnabled("debug")) {
      const columns = plan.columns.map((column) => column.name);
      log.debug({ sql: session.statements(plan, columns) }, "statements");
    }
    try {
      return await session.begin(plan);
    } catch (error) {
      throw session.translate(error);
    }
  }

  /** The final check, then the commit: nothing is kept unless every record is accounted for. */
  async #finish(writer: Writer): Promise<void> {
    const counts = this.#counts;
    if (accountedFor(counts) !== counts.read) {
      const message = `${counts.read} records were read but ${accountedFor(counts)} counted`;
      throw upsurgeError("INTERNAL", { message });
    }
    this.#rejects.settle(counts.read);
    if (this.#options.dryRun || this.#options.check) {
      await writer.rehearse?.();
      return writer.rollback();
    }
    this.#committing = true;
    await writer.commit();
    this.#committing = false;
  }

  #account({ batch, rejects: before }: Gathered, { counts, faults }: BatchResult): void {
    const written = faults.map(({ row, ...fault }): Reject => ({
      ...fault,
      stage: "write",
      position: row.record.position,
      raw: row.record.raw,
    }));
    const rejects = [...before, ...written];
    if (before.length > 0 && written.length > 0)
      rejects.sort(inFileOrder(this.#prepared?.paths ?? []));
    addCounts(this.#counts, {
      ...counts,
      read: batch.size + before.length,
      rejected: rejects.length,
    });
    this.#rejects.take(rejects);
    this.#reportProgress();
  }

  /** The records of all sources, in order. */
  async *#chunks(prepared: Prepared): AsyncGenerator<RecordChunk> {
    yield* prepared.sampled.chunks;
    for (const path of prepared.paths.slice(1)) {
      this.#bytesBefore += this.#source?.bytesRead ?? 0;
      await this.#source?.close();
      const source = await openNext(prepared, path, this.#options);
      this.#opened(source);
      this.#rejects.register(source);
      yield* source.chunks();
    }
  }

  #reportProgress(): void {
    const now = performance.now();
    if (now - this.#lastProgress < PROGRESS_MS) return;
    this.#lastProgress = now;
    this.#surroundings.onProgress(this.#progress(now));
  }

  #progress(now: number): Progress {
    const single = (this.#prepared?.paths.length ?? 0) === 1;
    return {
      records: this.#counts.read,
      rejected: this.#counts.rejected,
      bytes: this.#bytesBefore + (this.#source?.bytesRead ?? 0),
      totalBytes: single ? (this.#source?.sizeBytes ?? null) : null,
      seconds: (now - this.#started) / 1000,
    };
  }

  async #abort(): Promise<void> {
    await this.#source?.close();
    if (!this.#committing) await this.#session?.close();
  }

  /**
   * Whether to try again, which takes that nothing was committed and every source can be read again: `later` for an
   * error that may pass, `now` for rows that the next try treats differently.
   */
  mayRetry(error: unknown): "now" | "later" | null {
    if (this.#committing || this.#surroundings.signal.aborted || !this.#rereadable) return null;
    const cause = original(error);
    if (cause instanceof TransactionDoomed) return this.#quarantine.knows(cause) ? null : "now";
    return this.#mayPass(error) ? "later" : null;
  }

  #mayPass(error: unknown): boolean {
    if (this.#session === null) return this.#again && mayComeBack(error);
    return this.#session.classify(original(error)) === "transient";
  }

  /** The next try, after `error`. */
  startAgain(error: unknown): Attempt {
    const cause = original(error);
    if (cause instanceof TransactionDoomed) this.#quarantine.add(cause);
    this.#rejects.restart();
    return new Attempt(this.#options, this.#surroundings, this.#started, {
      rejects: this.#rejects,
      quarantine: this.#quarantine,
      again: true,
    });
  }

  /** What became of this try, the last one; closes the reject files. */
  outcome(error: unknown): Outcome {
    const { signal } = this.#surroundings;
    const again = signal.aborted || (error instanceof UpsurgeError && error.exit === 75);
    return {
      error,
      signal: signal.aborted ? signal.reason : null,
      plan: this.#prepared?.plan ?? null,
      counts: { ...this.#counts },
      rejectPaths: this.#rejects.close(error !== null && again),
      bytes: this.#bytesBefore + (this.#source?.bytesRead ?? 0),
    };
  }

  /** Closes whatever is open; safe to call at any time. */
  async close(): Promise<void> {
    await this.#source?.close();
    await this.#prepared?.first.close();
    await this.#session?.close();
  }
}

function inFileOrder(paths: readonly string[]): (a: Reject, b: Reject) => number {
  const place = ({ position }: Reject): number => paths.indexOf(position.source);
  return (a, b) => place(a) - place(b) || a.position.record - b.position.record;
}

/** The driver's error behind one of ours. */
function original(error: unknown): unknown {
  return error instanceof UpsurgeError && error.cause !== undefined ? error.cause : error;
}

function mayComeBack(error: unknown): boolean {
  return error instanceof UpsurgeError && /^TARGET_(UNREACHABLE|BUSY)$/.test(error.code);
}
