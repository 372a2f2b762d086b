/** Runs of the program in this process, with a fault at a named moment: faster than a process for each. */
import { Socket } from "node:net";
import { onFailPoint } from "../../../src/testing/fail-point.ts";
import type { FailPoint } from "../../../src/testing/fail-point.ts";
import { runUpsurge } from "../../helpers/run-upsurge.ts";
import type { Command, Ended } from "./launch.ts";

/** What a process can suffer and live on. */
export type Sufferable = "throw" | "cut";

/** A fault at the `nth` time that a moment is passed. */
export interface Fault {
  readonly point: FailPoint;
  readonly nth: number;
  readonly action: Sufferable;
}

/** Runs a command; tells every moment that it has passed. */
export async function runCounting(
  command: Command,
): Promise<{ readonly ended: Ended; readonly passed: ReadonlyMap<FailPoint, number> }> {
  const passed = new Map<FailPoint, number>();
  const ended = await runHooked(command, (point) => {
    passed.set(point, (passed.get(point) ?? 0) + 1);
  });
  return { ended, passed };
}

/** Runs a command under a fault; `struck`: its moment has come. */
export async function runUnder(
  command: Command,
  { point, nth, action }: Fault,
): Promise<{ readonly ended: Ended; readonly struck: boolean }> {
  const sockets = new Set<Socket>();
  const restore = rememberSockets(sockets);
  let left = nth;
  try {
    const ended = await runHooked(command, (passed) => {
      if (passed !== point) return;
      left -= 1;
      if (left !== 0) return;
      if (action === "throw") throw new Error(`planted at ${point}`);
      for (const socket of sockets) socket.resetAndDestroy();
    });
    return { ended, struck: left <= 0 };
  } finally {
    restore();
  }
}

/** Only the sockets of this run: the test's own are open before. */
function rememberSockets(sockets: Set<Socket>): () => void {
  const { prototype } = Socket;
  const connect = Reflect.get(prototype, "connect") as (...args: unknown[]) => Socket;
  Reflect.set(prototype, "connect", function remember(this: Socket, ...args: unknown[]): Socket {
    sockets.add(this);
    return connect.apply(this, args);
  });
  return () => void Reflect.set(prototype, "connect", connect);
}

async function runHooked(
  { args, cwd, stdin }: Command,
  hook: ((point: FailPoint) => void) | null,
): Promise<Ended> {
  const started = performance.now();
  onFailPoint(hook);
  try {
    const { exitCode, stdout, stderr } = await runUpsurge(args, { cwd, stdin: stdin ?? "" });
    const ms = performance.now() - started;
    return { exit: exitCode, signal: null, stdout, stderr, ms, hung: false };
  } finally {
    onFailPoint(null);
  }
}

/** Runs a command that nothing disturbs. */
export async function runPlain(command: Command): Promise<Ended> {
  return await runHooked(command, null);
}
