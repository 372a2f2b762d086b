/**
 * What a pooler before the server says for itself. PgBouncer has one state for nearly all of it, that of a fault of the
 * protocol, so that its words have to tell what is wrong; the server's own errors are told apart by what poolers leave out.
 */
import type { ErrorCode } from "../../errors/codes.ts";

/** The fields of an error that tell who made it, and what it is. */
export interface SentError {
  readonly message: string;
  readonly code: string;
  readonly severity?: string;
  /** The function of the server that reported it: PostgreSQL always names one, a pooler has none. */
  readonly routine?: string;
}

/** What an error of a pooler is to a load. */
interface PoolerError {
  readonly code: ErrorCode;
  /** Absent: what the code says helps. */
  readonly fix?: string;
}

/** The state that PgBouncer gives what has no better one. */
const PROTOCOL = "08P01";

const WHICH_POOLS =
  "set pool_mode to transaction or session for this database in the pooler, or connect to the server itself";
const WHICH_PARAMETERS =
  "leave options= out of the URL and PGOPTIONS out of the environment, or let the pooler pass over what it does not know (ignore_startup_parameters)";
const HOW_MANY =
  "let the pool have a server connection for each that a load holds, which are one, one more for the lock of a job, one for each of several writers and one for their lock: raise pool_size, or max_client_conn where clients are too many; then run the same command again";

/** By the words with which PgBouncer begins. All else is about the connection: it may be better the next time. */
const SAID: readonly (readonly [RegExp, PoolerError])[] = [
  [/^no such database/, { code: "TARGET_NO_DATABASE" }],
  [/^no such user|^password|authentication failed/, { code: "TARGET_LOGIN" }],
  [/statement pooling/, { code: "TARGET_POOLER", fix: WHICH_POOLS }],
  [/^unsupported startup parameter/, { code: "TARGET_POOLER", fix: WHICH_PARAMETERS }],
  [/^query_wait_timeout|^no more connections/, { code: "TARGET_BUSY", fix: HOW_MANY }],
];

const CUT_OFF: PoolerError = { code: "TARGET_LOST" };

/** What an error is that a pooler made; `null` for one of the server. */
export function poolerError({ message, code, severity, routine }: SentError): PoolerError | null {
  if (code !== PROTOCOL || severity !== "FATAL" || routine !== undefined) return null;
  return SAID.find(([words]) => words.test(message))?.[1] ?? CUT_OFF;
}

/** Whether it may be over with the next try. */
export function mayPass({ code }: PoolerError): boolean {
  return code === "TARGET_BUSY" || code === "TARGET_LOST";
}
