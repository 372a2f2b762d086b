/**
 * One try of a load, from connecting to commit: read → map → write, batch by batch. Over which sessions and in how many
 * transactions is left to the `Writers`; whether to try again, to `load.ts`.
 */
import { UpsurgeError } from "./errors/upsurge-error.ts";
import type { Progress, Surroundings } from "./load.ts";
import { noCounts } from "./model/counts.ts";
import type { RecordChunk } from "./model/record.ts";
import type { Options } from "./options/options.ts";
import { openNext, prepare } from "./plan-load.ts";
import type { Prepared } from "./plan-load.ts";
import type { Source } from "./read/source.ts";
import { Ledger } from "./report/ledger.ts";
import type { Outcome } from "./report/make-report.ts";
import { RejectBook } from "./report/reject-book.ts";
import { TransactionDoomed } from "./targets/target.ts";
import type { Session } from "./targets/target.ts";
import { verifySources } from "./verify-sources.ts";
import { gather, readAhead } from "./write/batches.ts";
import type { Gathered } from "./write/batches.ts";
import { Jobs } from "./write/jobs.ts";
import { RecordMapper } from "./write/map-records.ts";
import { OneSession } from "./write/one-session.ts";
import { Quarantine } from "./write/quarantine.ts";
import { SessionWriter } from "./write/session-writer.ts";
import type { Writers } from "./write/writers.ts";

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
  readonly #rejects: RejectBook;
  readonly #quarantine: Quarantine;
  #prepared: Prepared | null = null;
  #session: Session | null = null;
  #ledger: Ledger | null = null;
  #writers: Writers | null = null;
  /** Every source opened so far can be read again. */
  #rereadable = true;
  #source: Source | null = null;
  #bytesBefore = 0;
  #lastProgress = 0;
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
      await verifySources(prepared, signal);
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
    const { signal } = this.#surroundings;
    const writers = this.#writersFor(prepared);
    try {
      await writers.open();
      const mapper = new RecordMapper(plan, {
        resolve: prepared.resolve,
        capabilities: session.capabilities,
        missingFields: this.#options.missingFields,
      });
      const batches = gather(this.#chunks(prepared), mapper, plan.batchRows);
      const meanwhile = { ready: writers.prepare.bind(writers), failed: writers.failed };
      for await (const gathered of readAhead(batches, meanwhile)) {
        signal.throwIfAborted();
        await writers.write(gathered);
        this.#logBatch(gathered);
        this.#reportProgress();
      }
      signal.throwIfAborted();
      await writers.finish();
    } catch (error) {
      await writers.rollback();
      throw signal.aborted ? error : session.translate(error);
    }
  }

  #logBatch({ batch: { number, size, packed }, rejects }: Gathered): void {
    const lane = packed === null ? "careful" : "fast";
    const batch = { batch: number, rows: size, rejects: rejects.length, lane };
    this.#surroundings.log.debug(batch, "batch");
  }

  #writersFor({ connect, session, plan, paths }: Prepared): Writers {
    const { log } = this.#surroundings;
    if (log.isLevelEnabled("debug")) {
      const columns = plan.columns.map((column) => column.name);
      log.debug({ sql: session.statements(plan, columns) }, "statements");
    }
    const { dryRun, check } = this.#options;
    const quarantine = this.#quarantine;
    const account = new Ledger(this.#rejects, paths, this.#options.expectRows);
    const one = (): Writers => {
      const writer = new SessionWriter(session, plan, { quarantine, held: false });
      return new OneSession(writer, account, plan, dryRun || check ? "rehearsal" : "commit");
    };
    this.#ledger = account;
    this.#writers =
      plan.sharing.writers === 1
        ? one()
        : new Jobs({ plan, leader: session, connect, account, quarantine });
    return this.#writers;
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
    const { read: records, rejected } = this.#ledger?.seen ?? noCounts();
    return {
      records,
      rejected,
      bytes: this.#bytesBefore + (this.#source?.bytesRead ?? 0),
      totalBytes: single ? (this.#source?.sizeBytes ?? null) : null,
      seconds: (now - this.#started) / 1000,
    };
  }

  async #abort(): Promise<void> {
    await this.#source?.close();
    if (this.#writers === null) await this.#session?.close();
    else await this.#writers.stop();
  }

  /**
   * Whether to try again, which takes that nothing was committed and every source can be read again: `later` for an
   * error that may pass, `now` for rows that the next try treats differently.
   */
  mayRetry(error: unknown): "now" | "later" | null {
    const { signal } = this.#surroundings;
    if (this.#writers?.hasCommitted === true || signal.aborted || !this.#rereadable) return null;
    const cause = original(error);
    if (cause instanceof TransactionDoomed) return this.#quarantine.knows(cause) ? null : "now";
    return this.#mayPass(error) ? "later" : null;
  }

  #mayPass(error: unknown): boolean {
    if (this.#session === null) return this.#again && mayComeBack(error);
    if (this.#session.classify(original(error)) === "transient") return true;
    // Another session's error, which this one cannot tell.
    return this.#writers instanceof Jobs && mayComeBack(error);
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
    const kept = this.#ledger?.kept ?? noCounts();
    return {
      error,
      signal: signal.aborted ? signal.reason : null,
      plan: this.#prepared?.plan ?? null,
      counts: this.#ledger?.seen ?? noCounts(),
      kept,
      rejectPaths: this.#rejects.close(error !== null && again && kept.read === 0),
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

/** The driver's error behind one of ours. */
function original(error: unknown): unknown {
  return error instanceof UpsurgeError && error.cause !== undefined ? error.cause : error;
}

function mayComeBack(error: unknown): boolean {
  return error instanceof UpsurgeError && /^TARGET_(UNREACHABLE|BUSY|LOST)$/.test(error.code);
}
