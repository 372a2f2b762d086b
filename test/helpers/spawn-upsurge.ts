/** Runs the command line as a process of its own, for what only a process has: signals, pipes, exit codes. */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { noteRun } from "../tiers/seen.ts";

/** The program as it is built: the tests' set-up builds it when it is older than its source. */
export const BIN = fileURLToPath(new URL("../../dist/upsurge.js", import.meta.url));

/** A running process, and what will have come of it. */
export interface Spawned {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<{ exitCode: number | null; stdout: string; stderr: string }>;
}

/** What a process starts with besides its arguments. */
export interface SpawnOptions {
  /** A module that is loaded before the program. */
  readonly preload?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `upsurge` with `args` in the folder `cwd`. */
export function spawnUpsurge(
  args: readonly string[],
  cwd: string,
  { preload, env = {} }: SpawnOptions = {},
): Spawned {
  const imports = preload === undefined ? [] : ["--import", preload];
  const child = spawn(process.execPath, [...imports, BIN, ...args], {
    cwd,
    env: { ...process.env, ...env },
  });
  // A process that ends early leaves what was written to it unread.
  child.stdin.on("error", () => {});
  const exit = new Promise<number | null>((resolve) => child.on("close", resolve));
  const ended = Promise.all([exit, read(child.stdout), read(child.stderr)]).then(
    ([exitCode, stdout, stderr]) => {
      noteRun(args, { exitCode, stdout, stderr, cwd, env });
      return { exitCode, stdout, stderr };
    },
  );
  return { child, ended };
}

/** Everything a stream has to say; a test may close it before, and then there is nothing. */
async function read(stream: NodeJS.ReadableStream): Promise<string> {
  return await text(stream).catch(() => "");
}
