/** How far a try of a run has come: its loads, the one at hand, and what follows from that at its end. */
import type { Retry } from "../errors/codes.ts";
import { retryOf } from "../errors/upsurge-error.ts";
import { newLessons } from "../load/lessons.ts";
import type { Lessons } from "../load/lessons.ts";
import { closeLoad, concludeLoad, firstState, lessonsOf, noteEnd } from "../load/load-state.ts";
import type { LoadState, RunningLoad } from "../load/load-state.ts";
import type { LoadOutcome } from "../load/reporting/make-report.ts";
import type { ResumedJob } from "../load/resume-job.ts";
import type { PreparedLoad } from "../load/prepare.ts";
import type { Options } from "../options/options.ts";
import type { Lock, Session } from "../targets/target.ts";
import type { TableLoad } from "./find-tables.ts";
import type { RunOutcome } from "./make-run-report.ts";
import type { PartHooks, PreparedRun, RunHooks } from "./prepare-run.ts";
import { idOf } from "./run-request.ts";
import type { Part, RunLessons, RunRequest } from "./run-request.ts";

/** A load's job has no lock of its own. */
const HELD_BY_THE_RUN: Lock = { release: async () => {} };

/** A commit was begun, and nothing remembers whether it came about. */
function mayBeCommitted({ writers, job }: LoadState): boolean {
  return writers?.hasCommitted === true && job === null;
}

/** The place of no load. */
const NOWHERE = -1;

/** One try of a run. */
export class RunState {
  readonly request: RunRequest;
  readonly #earlier: RunLessons;
  /** In the order in which they are loaded, once that is known. */
  #parts: Part[] = [];
  #session: Session | null = null;
  /** What there is of a load where none is at hand. */
  readonly #idle: LoadState;
  /** The load at hand, by its place. */
  #at = NOWHERE;
  #prepared: PreparedRun | null = null;
  #commits = false;
  /** Of a run that is a job. */
  #lock: Lock | null = null;
  #skipped = false;
  /** The loads that have come to their end, and are committed. */
  readonly #done: Map<string, LoadOutcome>;

  constructor(request: RunRequest, earlier: RunLessons) {
    this.request = request;
    this.#earlier = earlier;
    this.#done = new Map(earlier.done);
    const { options, began, surroundings } = request;
    this.#idle = this.#firstState([], options, newLessons(options, began, surroundings));
  }

  /** What an interrupt stops: nothing once the commit has begun. */
  get atHand(): LoadState {
    if (this.#commits) return this.#idle;
    return { ...(this.#parts[this.#at]?.state ?? this.#idle), session: this.#session };
  }

  /** What the run is told of while it gets ready. */
  hooks(): RunHooks {
    const { surroundings, options, progress } = this.request;
    return {
      ...surroundings,
      waitMs: this.#earlier.again ? 0 : options.wait,
      onAway: (away) => progress.away(away),
      onConnected: (session) => progress.connected(session),
      onSession: (session, to) => {
        this.#session = session;
        surroundings.log.info({ to, version: session.version }, "connected");
      },
      onPart: (load, own) => this.#partHooks(load, own),
      onPlanned: () => this.leaves(),
    };
  }

  /** A load gets ready; what it learns of its sources is its own. */
  #partHooks(load: TableLoad, options: Options): Partial<PartHooks> {
    const { began, surroundings } = this.request;
    const lessons = this.#earlier.of.get(idOf(load)) ?? newLessons(options, began, surroundings);
    const at = this.#parts.length;
    const state = this.#firstState(load.sources, options, lessons);
    this.#parts.push({ load, options, state });
    this.#at = at;
    return {
      onSources: (sources) => {
        this.#learn(at, { sources });
        surroundings.signal.throwIfAborted();
      },
      // A run that stops before all are planned tells of those that are.
      onPrepared: (prepared) => this.#learn(at, { prepared }),
      onSource: (source) => lessons.sees(source),
      onNextSource: (source) => lessons.rejects.register(source),
      onWarnings: (name, warnings) => state.notes.ended(name, warnings),
    };
  }

  /** Every load is planned, and their order is known. */
  prepared(run: PreparedRun): void {
    const { log } = this.request.surroundings;
    this.#prepared = run;
    const inOrder = run.order.places.flatMap((place) => this.#parts[place] ?? []);
    this.#parts = run.parts.flatMap(({ prepared }, at) => {
      const part = inOrder[at];
      return part === undefined ? [] : [{ ...part, state: { ...part.state, prepared } }];
    });
    run.parts.forEach(({ prepared }, at) => this.#opensRejects(prepared, at));
    this.leaves();
    const tables = run.parts.map(({ load }) => load.tableName);
    log.info({ tables, why: run.order.why }, "planned");
  }

  /** Makes the reject file of the load at this place. Those of a job are opened once it is taken. */
  #opensRejects({ plan, first }: PreparedLoad, at: number): void {
    const part = this.#parts[at];
    if (part === undefined || plan.job !== null || this.#done.has(idOf(part.load))) return;
    this.#at = at;
    part.state.request.lessons.rejects.open(first);
  }

  /** It is the turn of the load at this place. */
  begins(at: number): { readonly prepared: PreparedLoad; readonly load: LoadState } {
    const state = this.#parts[at]?.state;
    if (state === undefined || state.prepared === null) throw new Error("the load was not planned");
    this.#at = at;
    return { prepared: state.prepared, load: state };
  }

  /** Its records are written from now on. */
  writes(at: number, running: RunningLoad): void {
    this.#learn(at, running);
  }

  /** There was a try before this one. */
  get again(): boolean {
    return this.#earlier.again;
  }

  /** The run is a job, and this one has it until it is closed. */
  locked(lock: Lock): void {
    this.#lock = lock;
  }

  /** Another run has it. */
  skips(): void {
    this.#skipped = true;
  }

  /** The job of a load is this run's. */
  takes(at: number, resumed: ResumedJob): void {
    this.#learn(at, { job: { resumed, lock: HELD_BY_THE_RUN } });
  }

  /** A load has come to its end, and is committed by itself. */
  ends(at: number): void {
    const part = this.#parts[at];
    if (part !== undefined) this.#done.set(idOf(part.load), concludeLoad(null, part.state));
  }

  /** It has, in this try or in one before. */
  isDone(at: number): boolean {
    const part = this.#parts[at];
    return part !== undefined && this.#done.has(idOf(part.load));
  }

  /** The loads that have not come to their end. */
  get #left(): readonly Part[] {
    return this.#parts.filter(({ load }) => !this.#done.has(idOf(load)));
  }

  /** Records that are committed, by this run and earlier ones. */
  get committed(): number {
    const done = [...this.#done.values()].map(({ kept }) => kept.read);
    const left = this.#left.map(({ state }) => state.kept().read);
    return [...done, ...left].reduce((sum, read) => sum + read, 0);
  }

  /** What comes now is about no load by itself. */
  leaves(): void {
    this.#at = NOWHERE;
  }

  /** The commit begins. */
  commits(): void {
    this.#commits = true;
    this.request.progress.committing();
  }

  #learn(at: number, more: Partial<LoadState>): void {
    this.#parts = this.#parts.map((part, place) =>
      place === at ? { ...part, state: { ...part.state, ...more } } : part,
    );
  }

  #firstState(sources: readonly string[], options: Options, lessons: Lessons): LoadState {
    const { surroundings, progress } = this.request;
    return firstState({ sources, options, surroundings, lessons, progress });
  }

  /** Whether to try again: what is committed of a run that fails is not loaded again. */
  retryAfter(error: unknown): Retry {
    const states = this.#left.map(({ state }) => state);
    if (this.request.surroundings.signal.aborted) return "no";
    if (states.some(({ sources }) => sources?.rereadable === false)) return "no";
    if (states.some(mayBeCommitted)) return "no";
    const retry = retryOf(error);
    return retry === "backoff" && this.#session === null && !this.#earlier.again ? "no" : retry;
  }

  /** What the next try is to know. */
  lessons(): RunLessons {
    const of = new Map(this.#earlier.of);
    for (const { load, state } of this.#left) of.set(idOf(load), lessonsOf(state));
    return { again: true, of, done: this.#done };
  }

  /** Nobody will try again: whoever lists the jobs is to know. */
  async gaveUp(): Promise<void> {
    for (const { state } of this.#left) await noteEnd(state);
  }

  /** What became of the run, of which this was the last try; closes the reject files. */
  conclude(error: unknown): RunOutcome {
    const { surroundings } = this.request;
    const { runId, signal } = surroundings;
    return {
      error,
      failed: error === null ? null : (this.#parts[this.#at]?.load ?? null),
      runId,
      signal: signal.aborted ? signal.reason : null,
      skipped: this.#skipped,
      target: this.#prepared?.connected.target.name ?? null,
      leftOut: this.#prepared?.leftOut ?? [],
      parts: this.#parts.map(({ load, options, state }) => ({
        load,
        options,
        outcome: this.#done.get(idOf(load)) ?? concludeLoad(error, state),
      })),
    };
  }

  /** Closes whatever is open; safe to call at any time. */
  async close(): Promise<void> {
    for (const { state } of this.#parts) await closeLoad(state);
    await this.#session?.close();
    await this.#lock?.release();
  }
}
