/** Prints an error on stderr: four lines, an annotation in GitHub Actions, the stack when debugging; or all as a line of JSON. */
import type { Environment } from "../model/environment.ts";
import { UpsurgeError } from "../errors/upsurge-error.ts";
import { annotateError } from "../report/render/render-annotation.ts";
import { renderError } from "../report/render/render-error.ts";
import type { ReportedError } from "../report/report.ts";
import { eventLine } from "./event-line.ts";
import { annotationLine, isGitHub } from "./github.ts";
import type { Redact } from "../secrets/redact.ts";
import type { Screen } from "./screen.ts";

/** Where to print, and how much. */
export interface FailureOutput {
  readonly screen: Screen;
  readonly redact: Redact;
  readonly env: Environment;
  readonly debug: boolean;
}

/** Prints `error`; the stack and the chain of causes only when debugging. */
export function reportFailure(
  error: UpsurgeError | ReportedError,
  { screen, redact, env, debug }: FailureOutput,
): void {
  const { code } = error;
  // Before it is laid out as well: a secret may hold what is laid out in another way.
  const [message, fix] = [redact(error.message), redact(error.fix)];
  const cause = redact(error instanceof UpsurgeError ? error.why : error.cause);
  const where = error.where === null ? null : redact(error.where);
  const reported = { code, message, cause, fix, where };
  const stack = debug && error instanceof UpsurgeError ? redact(stacks(error)) : undefined;
  if (screen.isJson) {
    const line = eventLine("error", "error", { ...reported, stack, msg: message });
    screen.print(redact(line));
    return;
  }
  screen.print(redact(renderError(reported)));
  if (isGitHub(env)) screen.print(redact(annotationLine(annotateError(reported), env)));
  if (stack !== undefined) screen.print(redact(`${stack}\n`));
}

function stacks(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stacks(error.cause)}` : own;
}
