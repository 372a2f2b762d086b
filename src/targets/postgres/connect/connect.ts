/** Opens connections to PostgreSQL, and sessions on them. */
import { systemCodeOf } from "../../../errors/system-code.ts";
import type Pg from "pg";
import type { Client } from "pg";
import { messageOf } from "../../../errors/message-of.ts";
import { UpsurgeError, upsurgeError } from "../../../errors/upsurge-error.ts";
import type { ConnectOptions, Session } from "../../target.ts";
import { readConnecting } from "./client-config.ts";
import type { ConnectionPlan, Host } from "./client-config.ts";
import { AuthenticationWatch } from "./authentication.ts";
import { refuseReadOnly } from "../read-only.ts";
import { rounds, whyUnfit } from "./session-attrs.ts";
import { describeUrl } from "./connection-url.ts";
import { askServer } from "./ask-server.ts";
import { connectInTime, ConnectionLoss, endClient, watchStatements } from "./deadline.ts";
import { askInTurn } from "./in-turn.ts";
import { timeAnswers } from "./time-answers.ts";
import { TlsAnswer } from "./tls-answer.ts";
import { connectError, isServerError } from "../errors.ts";
import { DistributedSession } from "../distributed/session.ts";
import { PostgresSession } from "../session.ts";

/** A session on the server that the URL and the environment name. Throws `TARGET_*` errors. */
export async function connect({
  url,
  environment,
  lockTimeoutMs,
  statementTimeoutMs,
  acceptServer = false,
  writes = false,
}: ConnectOptions): Promise<Session> {
  const label = describeUrl(url);
  const connecting = readConnecting(url, environment);
  const { searchPath } = connecting;
  const reconnect = (limitMs: number): Promise<Client> =>
    openClient(connecting, label, { connectMs: limitMs, statementMs: limitMs });
  const client = await openClient(connecting, label, { statementMs: statementTimeoutMs });
  try {
    const context = { label, environment, searchPath, acceptServer, lockTimeoutMs, reconnect };
    const open = { client, loss: new ConnectionLoss(client), roundTrip: timeAnswers(client) };
    const server = await askServer(client);
    const { maker, encoding } = server;
    if (writes) await refuseReadOnly(client, server, label);
    if (maker !== null) {
      askInTurn(client);
      return new DistributedSession(open, context, { maker, encoding });
    }
    return PostgresSession.open(open, context, server);
  } catch (error) {
    await endClient(client);
    throw connectError(error, label, false);
  }
}

interface ConnectLimits {
  /** 0: none. */
  readonly statementMs: number;
  /** Where the settings allow more. */
  readonly connectMs?: number;
}

/** A host that was tried in vain. */
interface HostFailure {
  readonly host: string;
  readonly error: Error;
}

/** Connects to the first host whose session is such as the settings ask for. */
async function openClient(
  { hosts, rule, session }: ConnectionPlan,
  label: string,
  limits: ConnectLimits,
): Promise<Client> {
  const failures: HostFailure[] = [];
  for (const attrs of rounds(session)) {
    for (const host of hosts) {
      const found = await tryHost(host, { rule, label, limits });
      if (found instanceof Error) {
        if (hosts.length === 1 || !mayTryAnother(found)) throw found;
        failures.push({ host: host.label, error: found });
        continue;
      }
      watchStatements(found, limits.statementMs);
      const why = await whyUnfit(found, attrs).catch(messageOf);
      if (why === null) return found;
      await endClient(found);
      const reason = `${why}, and target_session_attrs=${session} asks for another`;
      failures.push({
        host: host.label,
        error: upsurgeError("TARGET_UNREACHABLE", { target: label, reason }),
      });
    }
  }
  throw together(failures, label);
}

interface ConnectAttempt {
  readonly rule: ConnectionPlan["rule"];
  readonly label: string;
  readonly limits: ConnectLimits;
}

/** Connects in the first way that `sslmode` allows and the server takes; the error of the last, if none. */
async function tryHost(
  { ways, root }: Host,
  { rule, label, limits }: ConnectAttempt,
): Promise<Client | Error> {
  const pg = await loadDriver();
  let failure: Error | null = null;
  for (const { connectionTimeoutMillis: allowedMs = 0, ...config } of ways) {
    const client = new pg.Client(config);
    // A broken connection is reported by the query that meets it; without a listener it would end the process.
    client.on("error", () => {});
    const watch = new AuthenticationWatch(client, rule, label);
    const answer = new TlsAnswer(client, config.ssl !== false);
    try {
      await connectInTime(client, Math.min(limits.connectMs ?? Infinity, allowedMs || Infinity));
      if (watch.refusal === null) return client;
      throw watch.refusal;
    } catch (caught) {
      const error: unknown = watch.refusal ?? caught;
      const told = withRoot(connectError(error, label, config.ssl !== false), root);
      failure = answer.isNo ? withoutTls(told) : told;
      await endClient(client);
      // A server may let the same user in with TLS, or without.
      if (isServerError(error) && !error.code.startsWith("28")) break;
      if (isSecurity(error)) break;
    }
  }
  return failure ?? upsurgeError("TARGET_UNREACHABLE", { target: label, reason: "no way is left" });
}

/** The server has said that it has no TLS: no certificate and no CA changes that. */
function withoutTls(error: Error): Error {
  if (!(error instanceof UpsurgeError) || error.code !== "TARGET_TLS") return error;
  const { details, cause } = error;
  return upsurgeError("TARGET_TLS", details, {
    cause,
    title: `${details["target"] ?? "the server"} has no TLS`,
    why: "the server answers that it takes no TLS connections, and sslmode asks for one",
    fix: "let the server have TLS (ssl = on and a certificate); or, where nobody can listen in, sslmode=disable or sslmode=prefer",
  });
}

/** What helps where a file of trusted CAs is in use: while it is there, no weaker mode than `disable` goes without it. */
function withRoot(error: Error, root: string | null): Error {
  if (!(error instanceof UpsurgeError) || error.code !== "TARGET_TLS") return error;
  const { details, cause } = error;
  const code = systemCodeOf(cause);
  const better = (why: string, fix: string): Error =>
    upsurgeError("TARGET_TLS", details, { cause, why, fix });
  if (/DECRYPT|INTERRUPTED/.test(code)) {
    const why = `the key of the client's certificate cannot be read: ${error.why}`;
    return better(why, "give its passphrase as sslpassword, or another file as sslkey");
  }
  const isOver = /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/.test(code) && root !== null;
  if (isOver || code === "CERT_REVOKED") {
    return better(error.why, "let the server have a certificate that is valid");
  }
  if (root === null || !/VERIFY|SELF_SIGNED|ISSUER|CRL|ALTNAME/.test(code)) return error;
  return better(
    `${error.why}; the certificate is verified against ${root}`,
    code === "ERR_TLS_CERT_ALTNAME_INVALID"
      ? "name the host as the certificate does; sslmode=verify-ca does not look at the name"
      : "pass sslrootcert=FILE with the CA that signed the server's certificate, and sslcrl=FILE with its list if lists are used",
  );
}

function isSecurity(error: unknown): boolean {
  return error instanceof UpsurgeError && error.code === "TARGET_SECURITY";
}

/** As in libpq: a host that is away or not ready has others to stand in for it; one that refuses has not. */
function mayTryAnother(error: Error): boolean {
  if (!(error instanceof UpsurgeError)) return false;
  if (error.code === "TARGET_UNREACHABLE") return true;
  const { cause } = error;
  return error.code === "TARGET_LOST" && isServerError(cause) && cause.code === "57P03";
}

function together(failures: readonly HostFailure[], label: string): Error {
  const [only] = failures;
  if (failures.length === 1 && only !== undefined) return only.error;
  const reasons = failures.map(({ host, error }) => {
    const why = error instanceof UpsurgeError ? error.why : error.message;
    return `${host}: ${why}`;
  });
  const reason = [...new Set(reasons)].join("; ");
  const cause = failures.at(-1)?.error;
  return upsurgeError("TARGET_UNREACHABLE", { target: label, reason }, { cause });
}

async function loadDriver(): Promise<typeof Pg> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw upsurgeError("TARGET_DRIVER_MISSING", { driver: "pg" }, { cause });
  }
}
