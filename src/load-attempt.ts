/**
 * One try of a load, from connecting to commit: read → map → write, batch by batch. Over which sessions and in how many
 * transactions is left to the `Writers`; whether to try again, to `load.ts`.
 */
import { UpsurgeError } from "./errors/upsurge-error.ts";
import { beginJob } from "./job-run.ts";
import type { JobRun } from "./job-run.ts";
import type { Progress, Surroundings } from "./load.ts";
import { noCounts } from "./model/counts.ts";
import type { Counts } from "./model/counts.ts";
import type { LoadPlan } from "./model/load-plan.ts";
import type { Options } from "./options/options.ts";
import { openNext, prepare } from "./plan-load.ts";
import type { Prepared } from "./plan-load.ts";
import type { Source } from "./read/source.ts";
import { checkRows } from "./report/expected-rows.ts";
import { Ledger } from "./report/ledger.ts";
import type { JobOutcome, Outcome } from "./report/make-report.ts";
import { RejectBook } from "./report/reject-book.ts";
import { TransactionDoomed } from "./targets/target.ts";
import type { Session } from "./targets/target.ts";
import { verifySources } from "./verify-sources.ts";
import { gather, readAhead } from "./write/batches.ts";
import type { Gathered, Piece } from "./write/batches.ts";
import { catchUp } from "./write/checkpoint/catch-up.ts";
import { MustGoAlone, Solo } from "./write/checkpoint/solo.ts";
import { RecordMapper } from "./write/map-records.ts";
import { Quarantine } from "./write/quarantine.ts";
import { keysHashed, makeWriters } from "./write/make-writers.ts";
import type { Writers } from "./write/writers.ts";

/** Milliseconds between two progress reports. */
const PROGRESS_MS = 100;

/** What a try takes over from the one before. */
interface Continued {
  readonly rejects: RejectBook;
  readonly quarantine: Quarantine;
  readonly solo: Solo;
  readonly again: boolean;
  /** What is committed. */
  readonly kept: Counts;
}

/** One try; used once. */
export class Attempt {
  readonly #options: Options;
  readonly #surroundings: Surroundings;
  readonly #started: number;
  readonly #continued: Continued;
  #prepared: Prepared | null = null;
  #session: Session | null = null;
  #job: JobRun | null = null;
  /** Another run has the job, and this one is not to wait. */
  #skipped = false;
  #ledger: Ledger | null = null;
  #writers: Writers | null = null;
  /** Every source opened so far can be read again. */
  #rereadable = true;
  #source: Source | null = null;
  #bytesBefore = 0;
  #lastProgress = 0;

  constructor(
    options: Options,
    surroundings: Surroundings,
    started: number,
    continued: Continued = {
      rejects: new RejectBook(options),
      quarantine: new Quarantine(),
      solo: new Solo(),
      again: false,
      kept: noCounts(),
    },
  ) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#started = started;
    this.#continued = continued;
  }

  get #rejects(): RejectBook {
    return this.#continued.rejects;
  }

  /** Runs the load to its commit. Throws what stopped it, with everything that was not committed rolled back. */
  async run(sources: readonly string[]): Promise<void> {
    const { signal } = this.#surroundings;
    let grace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      grace = this.#stop();
    };
    signal.addEventListener("abort", stop, { once: true });
    try {
      const prepared = await prepare(sources, this.#options, {
        ...this.#surroundings,
        onSession: (session) => (this.#session = session),
        onSource: (source) => this.#opened(source),
      });
      this.#prepared = prepared;
      signal.throwIfAborted();
      if (await this.#begin(prepared)) await this.#write(prepared);
    } finally {
      clearTimeout(grace);
      signal.removeEventListener("abort", stop);
    }
  }

  /** Makes ready what a load needs beside its plan; false when there is nothing to load. */
  async #begin(prepared: Prepared): Promise<boolean> {
    const { job } = prepared.plan;
    const { signal } = this.#surroundings;
    if (job === null) this.#rejects.open(prepared.first);
    await verifySources(prepared, signal);
    if (job === null) return true;
    const { rejects, again } = this.#continued;
    const request = { options: this.#options, rejects, again, signal };
    try {
      this.#job = await beginJob(prepared, job, request);
    } catch (error) {
      throw signal.aborted ? error : prepared.session.translate(error);
    }
    this.#skipped = this.#job === null;
    if (this.#job === null) return false;
    const { work, before } = this.#job.resumed;
    // Of a job that was finished before, the records were read by then.
    if (work.length === 0) checkRows(this.#options.expectRows, before.read, true);
    return work.length > 0;
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
      const batches = this.#left(prepared, gather(this.#pieces(prepared), mapper, plan.batchRows));
      const meanwhile = { ready: writers.prepare.bind(writers), failed: writers.failed };
      for await (const gathered of readAhead(batches, meanwhile)) {
        if (signal.aborted) break;
        await writers.write(gathered);
        this.#logBatch(gathered);
        this.#reportProgress();
      }
      if (signal.aborted && goesOn(plan)) await writers.settle();
      signal.throwIfAborted();
      await writers.finish();
    } catch (error) {
      await writers.rollback();
      throw signal.aborted ? error : session.translate(error);
    }
  }

  /** What earlier runs have not written. */
  #left({ plan, session }: Prepared, batches: AsyncGenerator<Gathered>): AsyncGenerator<Gathered> {
    const rows = this.#job?.resumed.bookmark?.rows ?? [];
    if (rows.length < 2) return batches;
    return catchUp(batches, rows, keysHashed(plan, session));
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
    const { quarantine, solo } = this.#continued;
    const bookmark = this.#job?.resumed.bookmark ?? null;
    this.#ledger = new Ledger(this.#rejects, paths, {
      before: this.#job?.resumed.before,
      expectRows: this.#options.expectRows,
    });
    this.#writers = makeWriters({
      plan,
      session,
      connect,
      account: this.#ledger,
      quarantine,
      ending: dryRun || check ? "rehearsal" : "commit",
      job: bookmark === null ? null : { bookmark, solo },
    });
    return this.#writers;
  }

  /** The records of all sources, in order. */
  async *#pieces(prepared: Prepared): AsyncGenerator<Piece> {
    if (this.#job !== null) {
      yield* this.#jobPieces(this.#job);
      return;
    }
    for await (const chunk of prepared.sampled.chunks) yield { chunk, of: null };
    for (const path of prepared.paths.slice(1)) {
      const source = await openNext(prepared, path, this.#options);
      await this.#next(source);
      for await (const chunk of source.chunks()) yield { chunk, of: null };
    }
  }

  /** The records that are left of a job, and where its sources end. */
  async *#jobPieces({ resumed }: JobRun): AsyncGenerator<Piece> {
    const { signal } = this.#surroundings;
    for (const { open, number, name, from } of resumed.work) {
      const { source, chunks } = await open();
      if (source !== this.#source) await this.#next(source);
      const { prefix, format } = source;
      if (prefix === null) throw new Error("a job reads its sources with their hash");
      const limited = this.#options.limit !== null;
      const of = { number, name, prefix, from, inLines: format !== "json", limited };
      for await (const chunk of chunks) yield { chunk, of };
      // A source that was closed by an interrupt has not come to its end.
      if (signal.aborted) return;
      yield { chunk: null, of };
    }
  }

  /** Goes over to a further source. */
  async #next(source: Source): Promise<void> {
    this.#bytesBefore += this.#source?.bytesRead ?? 0;
    await this.#source?.close();
    this.#opened(source);
    this.#rejects.register(source);
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

  /** After a signal: nothing more is read; a load that goes on later may finish its batch, for as long as `--grace` says. */
  #stop(): NodeJS.Timeout | undefined {
    void this.#source?.close();
    const plan = this.#prepared?.plan ?? null;
    if (plan === null || this.#writers === null || !goesOn(plan)) {
      void this.#abort();
      return undefined;
    }
    return setTimeout(() => void this.#abort(), this.#options.grace);
  }

  async #abort(): Promise<void> {
    await this.#source?.close();
    if (this.#writers === null) await this.#session?.close();
    else await this.#writers.stop();
  }

  /** Records that are committed, by this run and earlier ones: a failure after progress is a new one. */
  get committed(): number {
    return this.#kept.read;
  }

  get #kept(): Counts {
    return this.#ledger?.kept ?? this.#job?.resumed.before ?? this.#continued.kept;
  }

  /**
   * Whether to try again, which takes that every source can be read again, and that nothing was committed or is
   * remembered: `later` for an error that may pass, `now` for rows that the next try treats differently.
   */
  mayRetry(error: unknown): "now" | "later" | null {
    const { signal } = this.#surroundings;
    if (signal.aborted || !this.#rereadable) return null;
    const isJob = this.#prepared?.plan.job !== null && this.#prepared !== null;
    if (this.#writers?.hasCommitted === true && !isJob) return null;
    const cause = original(error);
    if (cause instanceof MustGoAlone) return "now";
    if (cause instanceof TransactionDoomed) {
      return this.#continued.quarantine.knows(cause) ? null : "now";
    }
    return this.#mayPass(error, isJob) ? "later" : null;
  }

  #mayPass(error: unknown, isJob: boolean): boolean {
    if (this.#session === null) return this.#continued.again && mayComeBack(error);
    if (this.#session.classify(original(error)) === "transient") return true;
    if (isUpsurge(error, /^(?:JOB_TAKEN|JOB_RUNNING)$/)) return false;
    // The checkpoint tells what became of a commit.
    if (isJob && isUpsurge(error, /^TARGET_OUTCOME_UNKNOWN$/)) return true;
    // Another session's error, which this one cannot tell.
    const several = (this.#prepared?.plan.sharing.writers ?? 1) > 1;
    // What planning has met closes the session; a load that has begun plans again.
    return (isJob || several || this.#continued.again) && mayComeBack(error);
  }

  /** The next try, after `error`. */
  startAgain(error: unknown): Attempt {
    const { rejects, quarantine, solo } = this.#continued;
    const cause = original(error);
    if (cause instanceof TransactionDoomed) quarantine.add(cause);
    if (cause instanceof MustGoAlone) solo.add(cause);
    if (this.#job === null) rejects.restart();
    else rejects.release();
    const continued = { rejects, quarantine, solo, again: true, kept: this.#kept };
    return new Attempt(this.#options, this.#surroundings, this.#started, continued);
  }

  /** What became of this try, the last one; closes the reject files. */
  outcome(error: unknown): Outcome {
    const { signal } = this.#surroundings;
    const again = signal.aborted || (error instanceof UpsurgeError && error.exit === 75);
    const kept = this.#kept;
    const isJob = (this.#prepared?.plan.job ?? null) !== null;
    return {
      error,
      signal: signal.aborted ? signal.reason : null,
      plan: this.#prepared?.plan ?? null,
      counts: this.#ledger?.seen ?? kept,
      kept,
      job: this.#jobOutcome(),
      rejectPaths:
        error !== null && isJob
          ? this.#rejects.leave()
          : this.#rejects.close(error !== null && again && kept.read === 0),
      bytes: this.#bytesBefore + (this.#source?.bytesRead ?? 0),
    };
  }

  #jobOutcome(): JobOutcome | null {
    const job = this.#prepared?.plan.job ?? null;
    if (job === null) return null;
    const { name } = job;
    if (this.#job === null)
      return { name, before: noCounts(), movedAt: null, skipped: this.#skipped, isLoaded: false };
    const { before, movedAt, work } = this.#job.resumed;
    return { name, before, movedAt, skipped: false, isLoaded: work.length === 0 };
  }

  /** Closes whatever is open; safe to call at any time. */
  async close(): Promise<void> {
    await this.#source?.close();
    await this.#prepared?.first.close();
    await this.#session?.close();
    await this.#job?.lock.release();
  }
}

/** Whether a load that is stopped keeps what it has written, and goes on later. */
function goesOn({ job, commitRows }: LoadPlan): boolean {
  return job !== null && commitRows !== null;
}

/** The driver's error behind one of ours. */
function original(error: unknown): unknown {
  return error instanceof UpsurgeError && error.cause !== undefined ? error.cause : error;
}

function isUpsurge(error: unknown, codes: RegExp): boolean {
  return error instanceof UpsurgeError && codes.test(error.code);
}

function mayComeBack(error: unknown): boolean {
  return isUpsurge(error, /^TARGET_(UNREACHABLE|BUSY|LOST|READ_ONLY|FULL)$/);
}
