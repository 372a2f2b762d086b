/** Runs of the built program as processes of their own, which may be killed, sent signals and hindered. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { noteRun } from "../../tiers/seen.ts";

/** The built program; `npm run build` makes it. */
export const BIN = fileURLToPath(new URL("../../../dist/upsurge.js", import.meta.url));

/** The same, each file by itself: what takes something away from it finds it there. */
export const BIN_IN_FILES = fileURLToPath(new URL("../../../dist/bin/upsurge.js", import.meta.url));

/** Makes a fault happen at a named point; see `at-fail-point.mjs`. */
export const AT_FAIL_POINT = new URL("at-fail-point.mjs", import.meta.url).href;

/** Makes a run do what the tests ask for; see `hindered.mjs`. */
export const HINDERED = new URL("hindered.mjs", import.meta.url).href;

const HANG_MS = 180_000;

/** Where a run finds what others have compiled of the program. */
const CACHES = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");

/** What is run. */
export interface Command {
  readonly args: readonly string[];
  readonly cwd: string;
  /** `null`: nothing is on standard input. */
  readonly stdin?: Buffer | null;
  readonly bin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** URLs of modules that are loaded first. */
  readonly preload?: readonly string[];
  /** After so long a run that has not ended hangs. */
  readonly hangMs?: number;
}

/** How a run ended. */
export interface Ended {
  /** `null` when a signal ended it. */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
  readonly hung: boolean;
}

/** A run at work. */
export interface Launched {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the program. Throws when it was not built. */
export function launch(command: Command): Launched {
  const { args, cwd, stdin, bin = BIN, env = {}, preload = [], hangMs = HANG_MS } = command;
  if (!existsSync(bin)) throw new Error(`${bin} is missing; npm run build makes it`);
  const started = performance.now();
  const before = preload.flatMap((url) => ["--import", url]);
  const child = spawn(process.execPath, [...before, bin, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", XDG_CACHE_HOME: CACHES, ...env },
    stdio: [stdin === undefined || stdin === null ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // A run that is killed leaves what was written to it unread.
  child.stdin?.on("error", () => {});
  child.stdin?.end(stdin);
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    child.kill("SIGKILL");
  }, hangMs);
  const closed = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on("close", (exit, signal) => resolve([exit, signal]));
  });
  const ended = Promise.all([closed, read(child.stdout), read(child.stderr)]).then(
    ([[exit, signal], stdout, stderr]) => {
      clearTimeout(timer);
      noteRun(args, { exitCode: exit, stdout, stderr, cwd });
      return { exit, signal, stdout, stderr, ms: performance.now() - started, hung };
    },
  );
  return { child, ended };
}

async function read(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream === null ? "" : await text(stream);
}

/** The command as a person would type it, for messages. */
export function commandLine({ args, bin = BIN, env = {}, preload = [] }: Command): string {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  const imports = preload.flatMap((url) => ["--import", url]);
  return [...settings, "node", ...imports, bin, ...args.map(quoted)].join(" ");
}

function quoted(word: string): string {
  return /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
