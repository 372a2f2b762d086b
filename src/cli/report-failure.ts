/** Prints an error on stderr: four lines, an annotation in GitHub Actions, the stack when debugging. */
import { UpsurgeError } from "../errors/upsurge-error.ts";
import { renderAnnotation, renderError } from "../report/render-error.ts";
import type { ReportedError } from "../report/report.ts";
import type { Environment } from "../options/parse-options.ts";
import type { Redact } from "./redact.ts";
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
  const { code, message, fix, where } = error;
  const cause = error instanceof UpsurgeError ? error.why : error.cause;
  const reported = { code, message, cause, fix, where };
  screen.print(redact(renderError(reported)));
  const annotation = env["GITHUB_ACTIONS"] === "true" ? renderAnnotation(reported) : null;
  if (annotation !== null) screen.print(redact(annotation));
  if (debug && error instanceof UpsurgeError) screen.print(redact(`${stacks(error)}\n`));
}

function stacks(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stacks(error.cause)}` : own;
}
