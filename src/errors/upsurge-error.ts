/**
 * The one error class. Texts, fixes and exit codes come from the registry in `codes.ts`;
 * driver errors are kept in `cause` and decide nothing: what follows from them is said where they are caught.
 */
import { ERROR_CODES } from "./codes.ts";
import type { ErrorCode, ErrorTexts, Retry } from "./codes.ts";

/** Facts of one error; the registry's texts name them in braces: `{path}`. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** What the raiser knows beyond the registry. */
export interface ErrorContext {
  /** Where it happened: a flag, a file with line and record, a statement. */
  readonly where?: string | undefined;
  readonly cause?: unknown;
  /** Takes the place of the registry's title, cause or fix when the raiser knows better. */
  readonly title?: string | undefined;
  readonly why?: string | undefined;
  readonly fix?: string | undefined;
  /** Absent: what helps is the same whether or not the load is a job. */
  readonly fixOfJob?: JobFix | undefined;
  /** Takes the place of what the registry says of trying again. */
  readonly retry?: Retry | undefined;
}

/** What to do in place of the fix where the load is a job that has committed nothing: its options stay those it began with. */
export interface JobFix {
  /** The job has begun in this run or an earlier one. */
  readonly begun: string;
  /** Earlier runs may have committed records of it: nothing may be said that would begin it anew. */
  readonly unknown: string;
}

/** A failure the user can act on: code, what, cause, fix, where. */
export class UpsurgeError extends Error {
  readonly code: ErrorCode;
  readonly why: string;
  readonly fix: string;
  readonly fixOfJob: JobFix | undefined;
  readonly where: string | null;
  readonly details: ErrorDetails;
  /** Whether the same load may succeed when it is tried again. */
  readonly retry: Retry;

  constructor(code: ErrorCode, details: ErrorDetails, context: ErrorContext) {
    const texts: ErrorTexts = ERROR_CODES[code];
    super(
      context.title ?? fill(texts.title, details),
      context.cause === undefined ? {} : { cause: context.cause },
    );
    this.name = "UpsurgeError";
    this.code = code;
    this.why = context.why ?? fill(texts.cause, details);
    this.fix = context.fix ?? fill(texts.fix, details);
    this.fixOfJob = context.fixOfJob;
    this.where = context.where ?? null;
    this.details = details;
    this.retry = context.retry ?? texts.retry ?? "no";
  }

  /** The process exit code of this error. */
  get exit(): number {
    return ERROR_CODES[this.code].exit;
  }
}

/** Makes an error from its registered texts, with `details` filled in. */
export function upsurgeError(
  code: ErrorCode,
  details: ErrorDetails = {},
  context: ErrorContext = {},
): UpsurgeError {
  return new UpsurgeError(code, details, context);
}

/** Whether a load that this stopped is tried again: errors say so themselves, those that are none of ours never do. */
export function retryOf(error: unknown): Retry {
  if (error instanceof UpsurgeError) return error.retry;
  return error instanceof StartAgain ? "restart" : "no";
}

/** Ends a try without anything being wrong: the next one knows better. */
export class StartAgain extends Error {}

/** The same error with its place, where it has none. */
export function located(error: UpsurgeError, where: string): UpsurgeError {
  return error.where === null ? relocated(error, where) : error;
}

/** The same error at another place. */
export function relocated(error: UpsurgeError, where: string): UpsurgeError {
  return changed(error, { where });
}

/** The same error with another fix, of jobs as well. */
export function refixed(error: UpsurgeError, fix: string): UpsurgeError {
  return changed(error, { fix, fixOfJob: undefined });
}

function changed(
  error: UpsurgeError,
  to: { readonly where: string } | { readonly fix: string; readonly fixOfJob: undefined },
): UpsurgeError {
  const { code, details, message: title, why, fix, fixOfJob, cause, retry } = error;
  const where = error.where ?? undefined;
  const kept = { where, title, why, fix, fixOfJob, cause, retry };
  return new UpsurgeError(code, details, { ...kept, ...to });
}

function fill(text: string, details: ErrorDetails): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(details, name) ? String(details[name]) : whole,
  );
}
