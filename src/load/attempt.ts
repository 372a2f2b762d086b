/**
 * One try of a load, from connecting to commit: read → map → write, batch by batch. Over which sessions and in how many
 * transactions is left to the `Writers`; whether to try again, to `load/load.ts`.
 */
import { UpsurgeError } from "../errors/upsurge-error.ts";
import { beginJob, forgetJob, noteFailure } from "./begin-job.ts";
import type { JobRun } from "./begin-job.ts";
import type { Progress, Surroundings } from "./load.ts";
import { noCounts } from "../model/counts.ts";
import type { Counts } from "../model/counts.ts";
import type { LoadPlan } from "../model/load-plan.ts";
import type { Options } from "../options/options.ts";
import { LoadNotes } from "./load-notes.ts";
import { mayRetry, originalOf } from "./may-retry.ts";
import { UnseenFields } from "../plan/unseen-fields.ts";
import { prepare } from "./prepare.ts";
import type { PreparedLoad } from "./prepare.ts";
import { ReadInTurn } from "../sources/read-in-turn.ts";
import { checkRows } from "../account/expected-rows.ts";
import { Ledger } from "../account/ledger.ts";
import { MisfitTally } from "../account/misfit-tally.ts";
import type { JobOutcome, LoadOutcome } from "./make-report.ts";
import { RejectBook } from "../account/reject-book.ts";
import { TransactionAborted } from "../targets/target.ts";
import type { Session } from "../targets/target.ts";
import { verifySources } from "../sources/verify-sources.ts";
import { gatherBatches, prefetch } from "../write/batches.ts";
import type { ReadBatch } from "../write/batches.ts";
import { skipCommitted } from "../write/skip-committed.ts";
import { RetrySerially, SerialRanges } from "../write/parallel/serial-ranges.ts";
import { RecordMapper } from "../write/map-records.ts";
import { Quarantine } from "../write/quarantine.ts";
import { keysHashed, makeWriters } from "../write/make-writers.ts";
import type { Writers } from "../write/writers.ts";

/** Milliseconds between two progress reports. */
const PROGRESS_MS = 100;

/** Milliseconds after which a load that is at one batch all the time shows that it lives. */
const SIGN_OF_LIFE_MS = 1000;

/** What a try takes over from the one before. */
interface Continued {
  readonly rejects: RejectBook;
  readonly quarantine: Quarantine;
  readonly serialRanges: SerialRanges;
  readonly again: boolean;
  readonly unseen: UnseenFields;
  /** A try before this one has written. */
  readonly begun: boolean;
  /** What is committed. */
  readonly kept: Counts;
  readonly misfits: MisfitTally;
}

/** One try; used once. */
export class Attempt {
  readonly #options: Options;
  readonly #surroundings: Surroundings;
  readonly #started: number;
  readonly #continued: Continued;
  readonly #reading: ReadInTurn;
  #prepared: PreparedLoad | null = null;
  #session: Session | null = null;
  #job: JobRun | null = null;
  /** Another run has the job, and this one is not to wait. */
  #skipped = false;
  #ledger: Ledger | null = null;
  #writers: Writers | null = null;
  #lastProgress = 0;
  readonly #notes = new LoadNotes();

  constructor(
    options: Options,
    surroundings: Surroundings,
    started: number,
    continued: Continued = {
      rejects: new RejectBook(options),
      quarantine: new Quarantine(),
      serialRanges: new SerialRanges(),
      again: false,
      unseen: new UnseenFields(options),
      begun: false,
      kept: noCounts(),
      misfits: new MisfitTally(),
    },
  ) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#started = started;
    this.#continued = continued;
    const { signal } = surroundings;
    const { rejects, unseen } = continued;
    this.#reading = new ReadInTurn({ options, rejects, signal, unseen });
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
        onSource: (source) => this.#reading.opened(source),
        onWarnings: (name, warnings) => this.#notes.ended(name, warnings),
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
  async #begin(prepared: PreparedLoad): Promise<boolean> {
    const { job } = prepared.plan;
    const { signal } = this.#surroundings;
    if (job === null) this.#rejects.open(prepared.first);
    await verifySources(prepared, signal);
    if (job === null) return true;
    const { rejects, again, begun } = this.#continued;
    const request = { options: this.#options, rejects, again, begun, signal };
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

  async #write(prepared: PreparedLoad): Promise<void> {
    const { session, plan } = prepared;
    const { signal } = this.#surroundings;
    const writers = this.#writersFor(prepared);
    // Work that never settles must not be kept alive by telling of it.
    const alive = setInterval(() => this.#reportProgress(), SIGN_OF_LIFE_MS).unref();
    try {
      await writers.open();
      const mapper = new RecordMapper(plan, {
        resolve: prepared.resolve,
        capabilities: session.capabilities,
        missingFields: this.#options.missingFields,
        unseen: this.#continued.unseen,
      });
      this.#rejects.planned({ plan, dateOrder: session.capabilities.dateOrder });
      this.#notes.mapped(prepared, mapper);
      const batches = this.#left(
        prepared,
        gatherBatches(this.#reading.pieces(prepared, this.#job), mapper, plan),
      );
      const meanwhile = { ready: writers.prepare.bind(writers), failed: writers.failed };
      for await (const readBatch of prefetch(batches, meanwhile)) {
        if (signal.aborted) break;
        await writers.write(readBatch);
        this.#logBatch(readBatch);
        this.#reportProgress();
      }
      if (signal.aborted && goesOn(plan)) await writers.settle();
      signal.throwIfAborted();
      await writers.finish();
      if (!this.#isRehearsal) await this.#notes.lookBack(this.#kept);
      const { rejected } = this.#kept;
      if (this.#job !== null && rejected === 0) await forgetJob(prepared, this.#job);
    } catch (error) {
      await writers.rollback();
      throw signal.aborted ? error : session.translate(error);
    } finally {
      clearInterval(alive);
    }
  }

  /** Nothing of it is to be kept. */
  get #isRehearsal(): boolean {
    return this.#options.dryRun || this.#options.check;
  }

  /** What earlier runs have not written. */
  #left(
    { plan, session }: PreparedLoad,
    batches: AsyncGenerator<ReadBatch>,
  ): AsyncGenerator<ReadBatch> {
    const rows = this.#job?.resumed.cursor?.rows ?? [];
    if (rows.length < 2) return batches;
    return skipCommitted(batches, rows, keysHashed(plan, session));
  }

  #logBatch({ batch: { number, size, packed }, rejects }: ReadBatch): void {
    const path = packed === null ? "slow" : "fast";
    const batch = { batch: number, rows: size, rejects: rejects.length, path };
    this.#surroundings.log.debug(batch, "batch");
  }

  #writersFor({ connect, session, plan, paths }: PreparedLoad): Writers {
    const { log } = this.#surroundings;
    if (log.isLevelEnabled("debug")) {
      const columns = plan.columns.map((column) => column.name);
      log.debug({ sql: session.statements(plan, columns) }, "statements");
    }
    const { quarantine, serialRanges } = this.#continued;
    const cursor = this.#job?.resumed.cursor ?? null;
    this.#ledger = new Ledger(this.#rejects, paths, {
      before: this.#job?.resumed.before,
      expectRows: this.#options.expectRows,
      misfits: this.#continued.misfits,
    });
    this.#writers = makeWriters({
      plan,
      session,
      connect,
      account: this.#ledger,
      quarantine,
      ending: this.#isRehearsal ? "rehearsal" : "commit",
      job: cursor === null ? null : { cursor, serialRanges },
    });
    return this.#writers;
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
      bytes: this.#reading.bytes,
      totalBytes: single ? this.#reading.sizeBytes : null,
      seconds: (now - this.#started) / 1000,
    };
  }

  /** After a signal: nothing more is read; a load that goes on later may finish its batch, for as long as `--grace` says. */
  #stop(): NodeJS.Timeout | undefined {
    void this.#reading.close();
    const plan = this.#prepared?.plan ?? null;
    if (plan === null || this.#writers === null || !goesOn(plan)) {
      void this.#abort();
      return undefined;
    }
    return setTimeout(() => void this.#abort(), this.#options.grace);
  }

  async #abort(): Promise<void> {
    await this.#reading.close();
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

  /** Whether to try again: `later` for an error that may pass, `now` for rows that the next try treats differently. */
  mayRetry(error: unknown): "now" | "later" | null {
    if (this.#surroundings.signal.aborted) return null;
    const { again, quarantine } = this.#continued;
    return mayRetry(error, {
      session: this.#session,
      plan: this.#prepared?.plan ?? null,
      again,
      hasCommitted: this.#writers?.hasCommitted === true,
      rereadable: this.#reading.rereadable,
      quarantine,
    });
  }

  /** The next try, after `error`. */
  startAgain(error: unknown): Attempt {
    const { rejects, quarantine, serialRanges, unseen } = this.#continued;
    const cause = originalOf(error);
    if (cause instanceof TransactionAborted) quarantine.add(cause);
    if (cause instanceof RetrySerially) serialRanges.add(cause);
    if (this.#job === null) rejects.restart();
    else rejects.release();
    const misfits = this.#ledger?.keptMisfits ?? this.#continued.misfits;
    const begun = this.#continued.begun || this.#writers !== null;
    const kept = this.#kept;
    const continued = {
      rejects,
      quarantine,
      serialRanges,
      unseen,
      again: true,
      begun,
      kept,
      misfits,
    };
    return new Attempt(this.#options, this.#surroundings, this.#started, continued);
  }

  /** Nobody will try again: whoever lists the jobs is to know. */
  async noteFailure(): Promise<void> {
    const isStopped = this.#surroundings.signal.aborted;
    if (this.#prepared === null || this.#job === null || isStopped) return;
    await noteFailure(this.#prepared, this.#job);
  }

  /** What became of this try, the last one; closes the reject files. */
  outcome(error: unknown): LoadOutcome {
    const { signal } = this.#surroundings;
    const again = signal.aborted || isSafeToRepeat(error);
    const { setAside } = this.#rejects;
    const kept = this.#kept;
    const isJob = (this.#prepared?.plan.job ?? null) !== null;
    return {
      error,
      signal: signal.aborted ? signal.reason : null,
      plan: this.#prepared?.plan ?? null,
      counts: this.#ledger?.seen ?? kept,
      kept,
      job: this.#jobOutcome(),
      notes: this.#noted(error === null),
      rejects: { seen: this.#rejects.byCode, kept: this.#rejects.keptByCode },
      rejectPaths:
        error !== null && isJob
          ? this.#rejects.leave()
          : this.#rejects.close(error !== null && again && kept.read === 0),
      setAside,
      bytes: this.#reading.bytes,
    };
  }

  #noted(isDone: boolean): readonly string[] {
    const { misfits, keptMisfits } = this.#ledger ?? {};
    const before = this.#job?.resumed.before.read ?? 0;
    const hasRead = (this.#ledger?.seen.read ?? 0) > before;
    return this.#notes.all({
      misfits: isDone ? misfits : keptMisfits,
      // Of a run that has read nothing, or not all, nothing can be said.
      unseen: isDone && hasRead ? this.#continued.unseen : undefined,
    });
  }

  #jobOutcome(): JobOutcome | null {
    const job = this.#prepared?.plan.job ?? null;
    if (job === null) return null;
    const { name } = job;
    if (this.#job === null) {
      const nothing = { before: noCounts(), movedAt: null, isTaken: false, isLoaded: false };
      return { name, ...nothing, skipped: this.#skipped };
    }
    const { before, movedAt, work } = this.#job.resumed;
    const isLoaded = work.length === 0 && !this.#continued.begun;
    return { name, before, movedAt, isTaken: true, skipped: false, isLoaded };
  }

  /** Closes whatever is open; safe to call at any time. */
  async close(): Promise<void> {
    await this.#reading.close();
    await this.#prepared?.first.close();
    await this.#session?.close();
    await this.#job?.lock.release();
  }
}

/** Nothing of the load was kept, and nothing is wrong with it. */
function isSafeToRepeat(error: unknown): boolean {
  return (
    error instanceof UpsurgeError && error.exit === 75 && error.code !== "TARGET_OUTCOME_UNKNOWN"
  );
}

/** Whether a load that is stopped keeps what it has written, and goes on later. */
function goesOn({ job, commitRows }: LoadPlan): boolean {
  return job !== null && commitRows !== null;
}
