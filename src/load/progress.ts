/**
 * Tells how far a load has come: when it enters a phase, after its batches, and every now and then while nothing comes. It
 * lives as long as the load, through all of its tries.
 */
import { noCounts } from "../model/counts.ts";
import type { CourseOfLoad } from "../model/report/progress.ts";
import type { Away, LoadPhase, Progress } from "../model/report/progress.ts";
import type { Session } from "../targets/target.ts";
import type { ReadBatch } from "../write/batches.ts";
import { Course } from "./course.ts";
import { LockWatch } from "./lock-watch.ts";
import type { RunningLoad } from "./load-state.ts";
import { Pace } from "./pace.ts";
import type { Surroundings } from "./surroundings.ts";

/** Milliseconds between two progress reports. */
const PROGRESS_MS = 100;

/** Milliseconds after which a load at which nothing moves shows that it lives. */
const SIGN_OF_LIFE_MS = 1000;

/** An `Away` with the moments that its seconds stand for. */
interface Waiting {
  readonly away: Away;
  readonly nextAt: number;
  readonly givesUpAt: number;
}

/** What a teller needs of its load. */
export interface TellerContext {
  readonly surroundings: Pick<Surroundings, "log" | "onProgress">;
  /** A reading of `performance.now()`. */
  readonly started: number;
  /** Records of each source; `null`: all. */
  readonly limit: number | null;
}

/** Tells of one load, until `end`. */
export class ProgressTeller {
  readonly #context: TellerContext;
  readonly #locks = new LockWatch();
  // Work that never settles must not be kept alive by telling of it.
  readonly #alive = setInterval(() => void this.#lookAndTell(), SIGN_OF_LIFE_MS).unref();
  #phase: LoadPhase = "connecting";
  #load: RunningLoad | null = null;
  #pace: Pace | null = null;
  #waitingFor: string | null = null;
  #waiting: Waiting | null = null;
  #last = 0;
  readonly #course = new Course();
  /** What loads before the one at hand have counted, and what that one had counted when its turn came. */
  #before = { records: 0, rejected: 0 };
  #first = { records: 0, rejected: 0 };

  constructor(context: TellerContext) {
    this.#context = context;
  }

  /** A try connects; what earlier ones have counted is told again once it loads. */
  connecting(): void {
    this.#load = null;
    this.#before = { records: 0, rejected: 0 };
    this.#pace = null;
    this.#locks.forget();
    this.#enter("connecting");
  }

  /** A session is open; it may come to wait for a lock. */
  connected(session: Session): void {
    this.#locks.watch(session);
    if (this.#phase === "connecting") this.#enter("catalog");
  }

  /** Something else than a lock of the database is waited for; `null`: no more. */
  waitsFor(what: string | null): void {
    this.#waitingFor = what;
    this.#tell(true);
  }

  /** Records are read and written from now on. */
  loading(load: RunningLoad): void {
    this.#before = this.#counted;
    this.#load = load;
    this.#first = countedBy(load);
    this.#pace = new Pace(load.job?.resumed.before.read ?? 0);
    this.#enter("loading");
  }

  /** A batch was written. */
  wrote({ batch: { number, size, packed, mixed }, rejects }: ReadBatch): void {
    const path = packed === null && mixed === undefined ? "slow" : "fast";
    const batch = { batch: number, rows: size, rejects: rejects.length, path };
    this.#context.surroundings.log.debug(batch, "batch");
    this.#pace?.waited(this.#locks.moved());
    this.#pace?.wrote(this.#share);
    this.#note();
    this.#tell(false);
  }

  /** Everything was read and written. */
  committing(): void {
    this.#enter("committing");
  }

  /** The server is away; `null`: the next try comes. */
  away(away: Away | null): void {
    const now = performance.now();
    this.#waiting =
      away === null
        ? null
        : {
            away,
            nextAt: now + away.nextInSeconds * 1000,
            givesUpAt: now + away.givesUpInSeconds * 1000,
          };
    this.#locks.moved();
    this.#tell(true);
  }

  /** Nothing more is told; the course that the load has taken. */
  end(): CourseOfLoad {
    clearInterval(this.#alive);
    return this.#course.end(performance.now() - this.#context.started);
  }

  /** Of all loads of this try. */
  get #counted(): { readonly records: number; readonly rejected: number } {
    if (this.#load === null) return this.#before;
    const { records, rejected } = countedBy(this.#load);
    return {
      records: this.#before.records + records - this.#first.records,
      rejected: this.#before.rejected + rejected - this.#first.rejected,
    };
  }

  #note(): void {
    this.#course.counts({ ms: performance.now() - this.#context.started, ...this.#counted });
  }

  #enter(phase: LoadPhase): void {
    this.#phase = phase;
    this.#waiting = null;
    this.#waitingFor = null;
    this.#locks.moved();
    if (this.#load !== null) this.#note();
    this.#tell(true);
  }

  async #lookAndTell(): Promise<void> {
    if (this.#waiting === null && (await this.#locks.look())) this.#tell(true);
    else this.#tell(false);
  }

  #tell(isNews: boolean): void {
    const now = performance.now();
    if (!isNews && now - this.#last < PROGRESS_MS) return;
    this.#last = now;
    const phase = this.#phaseNow(this.#waitingFor ?? this.#locks.holder);
    this.#course.enters(phase, now - this.#context.started);
    this.#context.surroundings.onProgress(this.#progressAt(now));
  }

  #progressAt(now: number): Progress {
    const { started } = this.#context;
    const { ledger, prepared } = this.#load ?? {};
    const { read: records, rejected } = ledger?.seen ?? noCounts();
    const { bytes, totalBytes } = prepared?.sources.progress ?? { bytes: 0, totalBytes: null };
    const waitingFor = this.#waitingFor ?? this.#locks.holder;
    const share = this.#share;
    return {
      phase: this.#phaseNow(waitingFor),
      waitingFor,
      away: this.#awayAt(now),
      records,
      rejected,
      bytes,
      totalBytes,
      share,
      recordsPerSecond: this.#pace?.recordsPerSecond(records) ?? null,
      secondsLeft: this.#pace?.secondsLeft(share) ?? null,
      seconds: (now - started) / 1000,
    };
  }

  #phaseNow(waitingFor: string | null): LoadPhase {
    if (this.#waiting !== null) return "away";
    return waitingFor === null ? this.#phase : "waiting";
  }

  #awayAt(now: number): Away | null {
    if (this.#waiting === null) return null;
    const { away, nextAt, givesUpAt } = this.#waiting;
    const nextInSeconds = Math.max(0, nextAt - now) / 1000;
    return { ...away, nextInSeconds, givesUpInSeconds: Math.max(0, givesUpAt - now) / 1000 };
  }

  /** By bytes or, where there is a limit, by records if they come to more. */
  get #share(): number | null {
    if (this.#load === null) return null;
    const { ledger, prepared } = this.#load;
    const { bytes, totalBytes } = prepared.sources.progress;
    const most = (this.#context.limit ?? 0) * prepared.sources.paths.length;
    const ofRecords = most === 0 ? null : ledger.seen.read / most;
    const ofBytes = totalBytes === null || totalBytes === 0 ? null : bytes / totalBytes;
    if (ofBytes === null && ofRecords === null) return null;
    return Math.min(1, Math.max(ofBytes ?? 0, ofRecords ?? 0));
  }
}

function countedBy({ ledger }: RunningLoad): {
  readonly records: number;
  readonly rejected: number;
} {
  const { read: records, rejected } = ledger.seen;
  return { records, rejected };
}
