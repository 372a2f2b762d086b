/**
 * The moments of a load at which it may be cut short: before and after every change of state. They do nothing by
 * themselves. The tests of faults hook in here and kill the process, throw or cut the connection at each of them.
 */

/** Every moment, by name, in the order of a load. */
export const FAULT_POINTS = [
  "lock",
  "locked",
  "take-over",
  "taken-over",
  "reject-open",
  "begin",
  "hold",
  "held",
  "apply",
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
export type FaultPoint = (typeof FAULT_POINTS)[number];

let hook: ((point: FaultPoint) => void) | null = null;

/** Passes a moment. */
export function faultPoint(point: FaultPoint): void {
  hook?.(point);
}

/** Tells `listener` of every moment from now on; `null`: nobody. */
export function onFaultPoint(listener: ((point: FaultPoint) => void) | null): void {
  hook = listener;
}
