/** How far a try of a run has come: its loads, the one at hand, and what follows from that at its end. */
import type { Retry } from "../errors/codes.ts";
import { retryOf } from "../errors/upsurge-error.ts";
import { newLessons } from "../load/lessons.ts";
import type { Lessons } from "../load/lessons.ts";
import { closeLoad, concludeLoad, firstState, lessonsOf } from "../load/load-state.ts";
import type { LoadState, RunningLoad } from "../load/load-state.ts";
import type { PreparedLoad, PrepareHooks } from "../load/prepare.ts";
import type { ProgressTeller } from "../load/progress.ts";
import type { RunSurroundings } from "../load/surroundings.ts";
import type { Options } from "../options/options.ts";
import type { Session } from "../targets/target.ts";
import type { OneSession } from "../write/one-session.ts";
import type { TableLoad } from "./find-tables.ts";
import type { RunOutcome } from "./make-run-report.ts";
import type { PreparedRun, RunHooks } from "./prepare-run.ts";
import type { RunInputs } from "./run-load.ts";

/** What is to be run. */
export interface RunRequest {
  readonly inputs: RunInputs;
  readonly options: Options;
  readonly surroundings: RunSurroundings;
  readonly progress: ProgressTeller;
  /** The time of day. */
  readonly began: Date;
}

/** What a try knows from those before it. */
export interface RunLessons {
  /** There was a try before this one. */
  readonly again: boolean;
  /** Of each load, by its `idOf`. */
  readonly of: ReadonlyMap<string, Lessons>;
}

/** A load that has joined the transaction of the run. */
export type JoinedLoad = RunningLoad & { readonly writers: OneSession };

interface Part {
  readonly load: TableLoad;
  readonly options: Options;
  readonly state: LoadState;
}

/** What tells a load of the run from all others: a folder may be given twice. */
function idOf({ layer, path }: TableLoad): string {
  return `${layer} ${path}`;
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

  constructor(request: RunRequest, earlier: RunLessons) {
    this.request = request;
    this.#earlier = earlier;
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
  #partHooks(load: TableLoad, options: Options): Partial<PrepareHooks> {
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
      if (part === undefined) return [];
      part.state.request.lessons.rejects.open(prepared.first);
      return [{ ...part, state: { ...part.state, prepared } }];
    });
    const tables = run.parts.map(({ load }) => load.tableName);
    log.info({ tables, why: run.order.why }, "planned");
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

  /** Whether to try again: nothing is kept of a run that fails, so all of it is loaded again. */
  retryAfter(error: unknown): Retry {
    const states = this.#parts.map(({ state }) => state);
    if (this.request.surroundings.signal.aborted) return "no";
    if (states.some(({ sources }) => sources?.rereadable === false)) return "no";
    if (states.some(({ writers }) => writers?.hasCommitted === true)) return "no";
    const retry = retryOf(error);
    return retry === "backoff" && this.#session === null && !this.#earlier.again ? "no" : retry;
  }

  /** What the next try is to know. */
  lessons(): RunLessons {
    const of = new Map(this.#earlier.of);
    for (const { load, state } of this.#parts) of.set(idOf(load), lessonsOf(state));
    return { again: true, of };
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
      target: this.#prepared?.connected.target.name ?? null,
      leftOut: this.#prepared?.leftOut ?? [],
      parts: this.#parts.map(({ load, options, state }) => ({
        load,
        options,
        outcome: concludeLoad(error, state),
      })),
    };
  }

  /** Closes whatever is open; safe to call at any time. */
  async close(): Promise<void> {
    for (const { state } of this.#parts) await closeLoad(state);
    await this.#session?.close();
  }
}
