#!/usr/bin/env node
/** The executable: hands the process to `main` and its answer to the shell. The package starts it by `launch.ts`. */
import { main } from "../src/cli/main.ts";
import { watchOver } from "../src/cli/process-guard.ts";

// Node takes work that never settles for work that is done; until `main` has answered, this is a failure.
process.exitCode = 1;
// The arguments may hold a password, and other users can read them in the process list.
process.title = "upsurge";
// A reader that went away is met where the result is written; unheard, the event would kill the load.
process.stdout.on("error", () => {});
void run();

async function run(): Promise<void> {
  const answer = watchOver(process);
  const exitCode = await main(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signals: process,
  });
  answer(exitCode);
  // A pipe that is still open would keep the process waiting for input that nobody reads.
  process.stdin.destroy();
}
