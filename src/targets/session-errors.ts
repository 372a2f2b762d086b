/** What sessions with a server make of errors that are not the server's own, and of its errors about a plan. */
import { messageOf } from "../errors/message-of.ts";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { ErrorContext } from "../errors/upsurge-error.ts";
import type { ErrorClass, TransactionAborted } from "./target.ts";

/** The class of an error that no server sent. Ours are what they are, whether or not the connection outlived them. */
export function classifyOther(error: unknown, isLost: boolean): ErrorClass {
  const isTransient =
    error instanceof UpsurgeError ? /^TARGET_(UNREACHABLE|LOST)$/.test(error.code) : isLost;
  return isTransient ? "transient" : "fatal";
}

/** The error of a connection to `target` that is lost; one of ours says more. */
export function lostError(error: unknown, target: string): Error {
  if (error instanceof UpsurgeError) return error;
  const reason = messageOf(error);
  return upsurgeError("TARGET_LOST", { target, reason }, { cause: error });
}

/** Rows cost the transaction: the load starts again where that tells something new. */
export function abortedError(cause: TransactionAborted): Error {
  const retry = cause.isNew ? "restart" : "no";
  return upsurgeError("TARGET_DOOMED", { reason: cause.message }, { cause, retry });
}

/** A privilege is missing that only the server names. */
export function privilegeMissing(error: Error, suggestion: string): Error {
  return upsurgeError(
    "PLAN_PRIVILEGE",
    { privilege: "see the cause", table: "the table or what it uses", suggestion },
    { cause: error, why: error.message },
  );
}

/** What the server says of a statement of the plan, in `said`, as `PLAN_REFUSED`; other errors stay what they are. */
export function planRefused(
  error: unknown,
  said: (cause: unknown) => string | null,
  context: Pick<ErrorContext, "fix"> = {},
): unknown {
  if (!(error instanceof UpsurgeError) || error.code !== "TARGET_STATEMENT") return error;
  const { cause } = error;
  const reason = said(cause);
  if (reason === null) return error;
  return upsurgeError("PLAN_REFUSED", { reason }, { cause, ...context });
}
