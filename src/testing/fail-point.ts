/**
 * The moments of a load at which it may be cut short: before and after every change of state. They do nothing by
 * themselves. The tests of faults hook in here and kill the process, throw or cut the connection at each of them.
 */

/** Every moment, by name, in the order of a load. */
export const FAIL_POINTS = [
  "lock",
  "locked",
  "take-over",
  "taken-over",
  "reject-open",
  "begin",
  "row-lock",
  "row-locked",
  "apply",
  "level",
  "level-applied",
  "applied",
  "reject-write",
  "reject-written",
  "reject-sync",
  "reject-synced",
  "reject-place",
  "reject-placed",
  "move",
  "moved",
  "commit",
  "committed",
  "share",
  "shared",
  "seal",
  "sealed",
  "forget",
  "forgotten",
  "report",
] as const;

/** One of them. */
export type FailPoint = (typeof FAIL_POINTS)[number];

/** Where the hook is: for the whole process, since a test that starts the program as it is packed reaches no module of it. */
const HOOK = Symbol.for("upsurge.failPoint");

const hooks = globalThis as typeof globalThis & {
  [HOOK]?: ((point: FailPoint) => void) | null;
};

/** Passes a moment. */
export function failPoint(point: FailPoint): void {
  hooks[HOOK]?.(point);
}

/** Tells `listener` of every moment from now on; `null`: nobody. */
export function onFailPoint(listener: ((point: FailPoint) => void) | null): void {
  hooks[HOOK] = listener;
}
