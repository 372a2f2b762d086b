/** The course of a load over time, as its report tells of it: how long each phase took, and how far it had come when. */
import type { LoadPhase } from "./progress.ts";

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
