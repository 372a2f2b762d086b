/**
 * Runs one command as a whole process and measures it.
 *
 * Wall time is ours. CPU time and peak memory come from GNU time (`/usr/bin/time`), which asks the kernel when the process has ended
 * (wait4): exact, where reading /proc from outside would miss what happens after the last look. Without GNU time both stay unknown.
 */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A command, and what is written to its standard input. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly input?: string;
}

/** What a process cost; null where it cannot be told. */
export interface Usage {
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
  readonly peakMegabytes: number | null;
}

/** What a process cost, and what it printed. */
export interface Measured {
  readonly usage: Usage;
  readonly stdout: string;
}

const GNU_TIME = "/usr/bin/time";

/** Whether CPU time and memory of a client can be measured. */
export const HAS_GNU_TIME = spawnSync(GNU_TIME, ["-f", "%M", "true"]).status === 0;

/** Runs a command to its end; a command that fails is an error with what it wrote to stderr. */
export async function measure(command: Command): Promise<Measured> {
  const usageFile = join(tmpdir(), `upsurge-bench-${process.pid}`);
  const [program, args] = HAS_GNU_TIME
    ? [GNU_TIME, ["-f", "%U %S %M", "-o", usageFile, command.program, ...command.args]]
    : [command.program, command.args];
  const started = performance.now();
  const stdout = await run(program, args, command.input ?? "");
  const wallSeconds = (performance.now() - started) / 1000;
  if (!HAS_GNU_TIME) {
    return { usage: { wallSeconds, cpuSeconds: null, peakMegabytes: null }, stdout };
  }
  const [user = 0, system = 0, kilobytes = 0] = readFileSync(usageFile, "utf8")
    .trim()
    .split(" ")
    .map(Number);
  rmSync(usageFile);
  const usage = { wallSeconds, cpuSeconds: user + system, peakMegabytes: kilobytes / 1024 };
  return { usage, stdout };
}

function run(program: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "pipe", env: environment() });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    // A process that ends early leaves what was written to it unread.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve(stdout);
      // Not the arguments: a URL may hold a password.
      reject(new Error(`it ended with ${code}:\n${stderr}${stdout}`));
    });
  });
}

/** The environment without what would change how a client connects or loads. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:UPSURGE_|PG|DATABASE_URL$)/.test(name)),
  );
}
