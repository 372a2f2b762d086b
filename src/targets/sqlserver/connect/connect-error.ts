/** Why a connection could not be opened, as one of our errors: by the server's number, then by the code, never by words. */
import { messageOf } from "../../../errors/message-of.ts";
import { UpsurgeError, upsurgeError } from "../../../errors/upsurge-error.ts";
import { NOT_ENCRYPTED } from "./connector.ts";
import { meaningOf } from "../error-numbers.ts";
import { ENTRA_FIX, LOGIN_FIX, TLS_FIX } from "../words.ts";

/** An error message of the server, of those it sends while a client logs in. */
export interface ServerMessage {
  readonly number: number;
  readonly message: string;
}

/** What is known besides the error. */
export interface ConnectContext {
  /** The connection was to be encrypted. */
  readonly tls: boolean;
  /** The driver's error tells the message of a refusal, but not its number. */
  readonly messages?: readonly ServerMessage[];
}

/** Logins that are refused, and databases that are not there for this login. */
const REFUSED = new Set([4064, 18_452, 18_456, 18_486, 18_487, 18_488]);

/** The database is not there, or not for this login: the server does not tell which. */
const NO_DATABASE = new Set([911, 4060]);

const NETWORK = /^E(?:CONN|NOTFOUND|HOST|NET|TIME|AI_|PIPE|ACCES|ADDR|INSTLOOKUP)/;

/** What OpenSSL and Node call a certificate that they do not trust. */
const UNTRUSTED =
  /^(?:ERR_TLS_CERT_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|INVALID_|PATH_LENGTH_)/;

/** The ways in which TLS fails: the codes and what to do. */
const TLS_FIXES: readonly (readonly [RegExp, string])[] = [
  [
    UNTRUSTED,
    "pass ca=FILE with the private CA or the server's own certificate, or hostNameInCertificate=NAME when it is made out for another name; or accept the risk: trustServerCertificate=true",
  ],
  [/^EENCRYPT$/, "the server takes encrypted connections only: pass encrypt=true"],
  [
    new RegExp(`^${NOT_ENCRYPTED}$`),
    "let the server encrypt connections; or accept the risk: encrypt=false",
  ],
  [
    /^(?:ERR_(?:SSL|OSSL|TLS)_|EPROTO)/,
    "check that the port is SQL Server's; encrypt=strict takes SQL Server 2022, older ones take encrypt=true",
  ],
];

/** A failure to connect to `target` as one of our errors; those pass through. */
export function connectError(
  error: unknown,
  target: string,
  { tls, messages = [] }: ConnectContext,
): Error {
  if (error instanceof UpsurgeError) return error;
  const codes = codesOf(error);
  const is = (set: ReadonlySet<number>): boolean => messages.some((each) => set.has(each.number));
  // The server is there, but takes no more clients now: too many, paused, starting, shutting down, moved.
  const isBusy = messages.some(({ number }) => meaningOf(number) === "busy");
  const details = { target, reason: reasonOf(error, messages) };
  const context = { cause: error };
  if (is(NO_DATABASE)) {
    const fix =
      "check the name of the database at the end of the URL, and that the login has a user in it";
    return upsurgeError("TARGET_NO_DATABASE", details, { ...context, fix });
  }
  if (isBusy) return upsurgeError("TARGET_BUSY", details, context);
  if (codes.includes("EFEDAUTH")) {
    return upsurgeError("TARGET_LOGIN", details, { ...context, fix: ENTRA_FIX });
  }
  if (is(REFUSED) || codes.includes("ELOGIN")) {
    return upsurgeError("TARGET_LOGIN", details, { ...context, fix: LOGIN_FIX });
  }
  if (messages.length > 0) return upsurgeError("TARGET_STATEMENT", details, context);
  const fix = TLS_FIXES.find(([pattern]) => codes.some((code) => pattern.test(code)))?.[1];
  if (fix !== undefined) return upsurgeError("TARGET_TLS", details, { ...context, fix });
  const isNetwork = codes.some((code) => NETWORK.test(code));
  return tls && !isNetwork && codes.includes("ESOCKET")
    ? upsurgeError("TARGET_TLS", details, { ...context, fix: TLS_FIX })
    : upsurgeError("TARGET_UNREACHABLE", details, context);
}

/** The codes of an error and of those it was made from. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = "code" in error && typeof error.code === "string" ? [error.code] : [];
  const parts = error instanceof AggregateError ? error.errors : [];
  const original = "originalError" in error ? error.originalError : null;
  return [...own, ...[original, error.cause, ...parts].flatMap(codesOf)];
}

function reasonOf(error: unknown, messages: readonly ServerMessage[]): string {
  if (messages.length > 0) {
    return messages.map(({ message, number }) => `${message} (${number})`).join(" ");
  }
  return messageOf(error);
}
