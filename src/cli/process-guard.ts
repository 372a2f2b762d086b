/**
 * The end of a process that does not come to its own: work that never settles, which Node takes for work that is done,
 * and errors that nobody caught. Each is told like any other error, and the exit code is that of a failure.
 */
import { messageOf } from "../errors/message-of.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { asksForDebug, asksForJson } from "./asked-words.ts";
import { eventLine } from "./event-line.ts";
import { makeRedactor, secretsOf } from "../secrets/redact.ts";
import { reportFailure } from "./report-failure.ts";
import { Screen } from "./screen.ts";

const UNSETTLED = "nothing is left to wait for, and the work has not come to an end";

/** Watches over `process`; whoever has its answer says so, and nothing is missed any more. */
export function watchOver(process: NodeJS.Process): (exitCode: number) => void {
  const { argv, env, stderr } = process;
  const redact = makeRedactor(argv.flatMap((word) => secretsOf(word, env)));
  const screen = new Screen(stderr, env, asksForJson(argv, env));
  const output = { screen, redact, env, debug: asksForDebug(argv, env) };
  if (screen.isJson) {
    // In place of Node's own listener, which prints text.
    process.removeAllListeners("warning");
    process.on("warning", ({ name, message }) => {
      screen.print(redact(eventLine("warn", "warning", { name, msg: message })));
    });
  }
  let answered = false;
  const fail = (message: string, cause?: unknown): void => {
    process.exitCode = 1;
    reportFailure(upsurgeError("INTERNAL", { message }, { cause }), output);
  };
  const stop = (error: unknown): void => {
    fail(messageOf(error), error);
    // What is in a transaction is undone when its connection goes.
    process.exit(1);
  };
  process.on("uncaughtException", stop);
  process.on("unhandledRejection", stop);
  process.once("beforeExit", () => {
    if (!answered) fail(UNSETTLED);
  });
  return (exitCode) => {
    answered = true;
    process.exitCode = exitCode;
  };
}
