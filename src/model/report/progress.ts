/** How far a load has come, as it is told while it runs. */

/** What a load may be at. */
export const LOAD_PHASES = [
  "connecting",
  "catalog",
  "waiting",
  "loading",
  "committing",
  "away",
] as const;

/** What a load is at. `away`: the server is not there, and the load tries again. */
export type LoadPhase = (typeof LOAD_PHASES)[number];

/** A server that is not there, or not ready, and how long it is waited for. */
export interface Away {
  /** As a clause: `the server went away`. */
  readonly reason: string;
  /** Until the next try. */
  readonly nextInSeconds: number;
  /** Until the load gives up. */
  readonly givesUpInSeconds: number;
  /** The number of the next try. */
  readonly nextTry: number;
}

/** How far a load has come; sent when its phase changes, and at most a few times a second. */
export interface Progress {
  readonly phase: LoadPhase;
  /** What is waited for, as a noun: `a lock held by session 42 of bob`; `null`: nothing. */
  readonly waitingFor: string | null;
  /** In phase `away` only. */
  readonly away: Away | null;
  /** With those that earlier runs of the job have committed. */
  readonly records: number;
  readonly rejected: number;
  /** Stored bytes read, of the sources that are to be loaded. */
  readonly bytes: number;
  /** Stored bytes of those sources; `null` when one is a stream. */
  readonly totalBytes: number | null;
  /** From 0 to 1; `null`: it cannot be told. */
  readonly share: number | null;
  /** Of this run, while it loads; `null` before it has written. */
  readonly recordsPerSecond: number | null;
  /** `null` until it can be told. */
  readonly secondsLeft: number | null;
  /** Since the load began. */
  readonly seconds: number;
}

/** The time of one phase, all of its turns together. */
export interface PhaseTime {
  readonly phase: LoadPhase;
  readonly seconds: number;
}

/** How far this run had come at a moment; a try that starts again counts from its own first record. */
export interface CoursePoint {
  /** Since the load began. */
  readonly seconds: number;
  readonly records: number;
  readonly rejected: number;
}

/** Phases and points, in the order of time. */
export interface CourseOfLoad {
  readonly phases: readonly PhaseTime[];
  readonly timeline: readonly CoursePoint[];
}
