/** Notes the course of a load while it runs, in as much memory for an hour as for a second. */
import type { CourseOfLoad, CoursePoint } from "../model/report/progress.ts";
import type { LoadPhase } from "../model/report/progress.ts";

/** So many points are kept: when there are more, every second one goes. */
const POINTS = 120;

/** What is told of a moment: its time since the beginning, in milliseconds, and what was counted by then. */
export interface Moment {
  readonly ms: number;
  readonly records: number;
  readonly rejected: number;
}

/** The course of one load, over all of its tries. */
export class Course {
  readonly #phases = new Map<LoadPhase, number>();
  #phase: LoadPhase = "connecting";
  #since = 0;
  #points: Moment[] = [];
  #last: Moment | null = null;
  /** Between two points. */
  #stepMs = 1;

  /** The load is in this phase from now on, `ms` after it began. */
  enters(phase: LoadPhase, ms: number): void {
    const spent = this.#phases.get(this.#phase) ?? 0;
    this.#phases.set(this.#phase, spent + Math.max(0, ms - this.#since));
    this.#phase = phase;
    this.#since = ms;
  }

  /** So much was counted by now. */
  counts(moment: Moment): void {
    this.#last = moment;
    const before = this.#points.at(-1);
    if (before !== undefined && moment.ms - before.ms < this.#stepMs) return;
    this.#points.push(moment);
    if (this.#points.length < POINTS) return;
    this.#points = this.#points.filter((_, index) => index % 2 === 0);
    this.#stepMs = Math.max(1, (moment.ms / POINTS) * 2);
  }

  /** The load has ended. */
  end(ms: number): CourseOfLoad {
    this.enters(this.#phase, ms);
    const last = this.#last === null || this.#last === this.#points.at(-1) ? [] : [this.#last];
    return {
      phases: [...this.#phases].map(([phase, spent]) => ({ phase, seconds: inSeconds(spent) })),
      timeline: [...this.#points, ...last].map(pointOf),
    };
  }
}

function pointOf({ ms, records, rejected }: Moment): CoursePoint {
  return { seconds: inSeconds(ms), records, rejected };
}

function inSeconds(ms: number): number {
  return Math.round(ms) / 1000;
}
