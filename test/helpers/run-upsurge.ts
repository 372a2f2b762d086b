/** Runs the command line in this process: fast, and with everything it writes in hand. */
import { Readable } from "node:stream";
import { main } from "../../src/cli/main.ts";
import type { Output } from "../../src/cli/io.ts";
import { noteRun } from "../tiers/seen.ts";

/** What a test hands to a run. */
export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  /** The folder that relative paths are taken from; tests that use it run one after another. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The time of day. */
  readonly now?: Date;
}

/** What came of a run. */
export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `upsurge` with `args`; the environment is empty unless the test gives one. */
export async function runUpsurge(
  args: readonly string[],
  { stdin = "", cwd, env = {}, now }: RunOptions = {},
): Promise<RunResult> {
  const before = process.cwd();
  const stdout = new MemoryOutput();
  const stderr = new MemoryOutput();
  if (cwd !== undefined) process.chdir(cwd);
  try {
    const clock = now === undefined ? {} : { now: () => now };
    const io = { stdin: Readable.from([Buffer.from(stdin)]), stdout, stderr, env, ...clock };
    const exitCode = await main(args, io);
    const result = { exitCode, stdout: stdout.text, stderr: withoutProgress(stderr.text) };
    noteRun(args, { ...result, cwd, env });
    return result;
  } finally {
    process.chdir(before);
  }
}

/** What it says of how far it is comes by the clock, on a busy machine of the shortest load. */
function withoutProgress(stderr: string): string {
  return stderr
    .replace(/^\d\d:\d\d:\d\d (?!.*(?:trying again|waiting for)).*\n/gm, "")
    .replace(/^\{(?=.*"event":"progress")(?!.*"phase":"(?:waiting|away)").*\n/gm, "");
}

/** An output that remembers; a terminal when it is told to be one. */
export class MemoryOutput implements Output {
  text = "";
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(isTTY = false, columns = 100) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string, done?: (error?: Error | null) => void): boolean {
    this.text += text;
    done?.();
    return true;
  }

  on(): this {
    return this;
  }

  off(): this {
    return this;
  }
}
