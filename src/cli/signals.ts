/** Signals: the first asks a load to stop and roll back, the second ends the process at once. */
import type { SignalSource } from "./io.ts";

/** Why a load was asked to stop; the reason of the abort signal. */
export interface Interruption {
  readonly name: NodeJS.Signals;
  readonly number: number;
}

/** Listening to signals, until `stop`. */
export interface SignalWatch {
  readonly signal: AbortSignal;
  stop(): void;
}

const STOPPING: readonly Interruption[] = [
  { name: "SIGHUP", number: 1 },
  { name: "SIGINT", number: 2 },
  { name: "SIGTERM", number: 15 },
];

/** Makes SIGINT, SIGTERM and SIGHUP abort the returned signal; `onFirst` is told about the first one. */
export function listenToSignals(
  source: SignalSource | undefined,
  onFirst: (interruption: Interruption) => void,
): SignalWatch {
  const controller = new AbortController();
  const listeners = STOPPING.map((interruption) => {
    const listener = (): void => {
      if (controller.signal.aborted) {
        source?.exit(128 + interruption.number);
        return;
      }
      controller.abort(interruption);
      onFirst(interruption);
    };
    return [interruption.name, listener] as const;
  });
  // A listener keeps SIGUSR1 from opening Node's inspector, a door into the process.
  const all = [...listeners, ["SIGUSR1", (): void => {}] as const];
  for (const [name, listener] of all) source?.on(name, listener);
  return {
    signal: controller.signal,
    stop: () => {
      for (const [name, listener] of all) source?.off(name, listener);
    },
  };
}
