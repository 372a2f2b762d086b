/** The first signal asks, the second ends. */
import { EventEmitter } from "node:events";
import { expect, test, vi } from "vitest";
import { listenToSignals } from "../../../src/cli/signals.ts";

class FakeProcess extends EventEmitter {
  readonly exit = vi.fn();
}

test.each([
  ["SIGHUP", 129],
  ["SIGINT", 130],
  ["SIGTERM", 143],
])("%s aborts, and ends the process with %d when it comes again", (name, code) => {
  const source = new FakeProcess();
  const told: string[] = [];
  const { signal } = listenToSignals(source, (interruption) => told.push(interruption.name));

  source.emit(name);

  expect(signal.aborted).toBe(true);
  expect(signal.reason).toEqual({ name, number: code - 128 });
  expect(told).toEqual([name]);
  expect(source.exit).not.toHaveBeenCalled();

  source.emit(name);

  expect(source.exit).toHaveBeenCalledWith(code);
});

test("SIGUSR1 has a listener that does nothing", () => {
  const source = new FakeProcess();
  const { signal } = listenToSignals(source, () => {});

  expect(source.emit("SIGUSR1")).toBe(true);
  expect(signal.aborted).toBe(false);
});

test("nothing listens any more after a load", () => {
  const source = new FakeProcess();
  listenToSignals(source, () => {}).stop();

  expect(source.eventNames()).toEqual([]);
});
