/** Runs the command line in this process, and lets a test look at what it says while it runs. */
import { Readable } from "node:stream";
import { main } from "../../src/cli/main.ts";
import { noteRun } from "../tiers/seen.ts";
import { MemoryOutput } from "./run-upsurge.ts";
import type { RunResult } from "./run-upsurge.ts";
import { until } from "./until.ts";

/** A run that has begun. */
export interface WatchedRun {
  readonly ended: Promise<RunResult>;
  /** Waits until stderr has such a text, and answers with it. */
  untilSaid(pattern: RegExp): Promise<string>;
}

/** Starts `upsurge` with `args`; stderr is a terminal when it is told to be one. */
export function watchUpsurge(args: readonly string[], isTTY = false): WatchedRun {
  const stdout = new MemoryOutput();
  const stderr = new MemoryOutput(isTTY, 200);
  const io = { stdin: Readable.from([]), stdout, stderr, env: {} };
  const ended = main(args, io).then((exitCode) => {
    const result = { exitCode, stdout: stdout.text, stderr: stderr.text };
    noteRun(args, { ...result, cwd: process.cwd(), env: {} });
    return result;
  });
  let isOver = false;
  void ended.finally(() => (isOver = true));
  return {
    ended,
    untilSaid: async (pattern) => {
      const said = (): string => pattern.exec(stderr.text)?.[0] ?? "";
      const text = await until(String(pattern), said, (seen) => seen !== "" || isOver);
      if (text === "") throw new Error(`it has ended without a word of it: ${stderr.text}`);
      return text;
    },
  };
}
