/**
 * From settings to the driver's configuration. Encrypted and verified by default, for this machine as for any other:
 * a password crosses the wire at every login.
 */
import type { Environment } from "../../../model/environment.ts";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { config as Config } from "mssql";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import { badUrl } from "./connection-text.ts";
import { describeUrl, isThisMachine, readSettings } from "./connection-url.ts";
import type { SqlServerSettings } from "./connection-url.ts";
import { connector } from "./connector.ts";
import { entraLogin } from "./entra.ts";
import type { MissingLogin } from "./entra.ts";
import { LOGIN_FIX } from "../words.ts";

/** The longest time that a timer can be set to. */
const FOREVER_MS = 2 ** 31 - 1;

/** The largest that TLS takes is 16,383; the driver's own 4,096 makes four times as many packets of a bulk load. */
const PACKET_BYTES = 16_000;

/** The driver's configuration for a URL. Throws `TARGET_URL`, and `TARGET_LOGIN` when there is no user. */
export function clientConfig(url: string, environment: Environment): Config {
  const settings = readSettings(url, environment);
  const { host, port, instance, database } = settings;
  const login = loginOf(settings, environment);
  if ("missing" in login) {
    const details = { target: describeUrl(url), reason: login.missing };
    throw upsurgeError("TARGET_LOGIN", details, { fix: login.fix });
  }
  const connectionTimeout = settings.connectTimeoutSeconds * 1000 || FOREVER_MS;
  return {
    server: host,
    ...(instance === null ? { port } : {}),
    ...login,
    ...(database === null ? {} : { database }),
    connectionTimeout,
    // The limit of statements is kept by `Connection`: the driver's ends a request and goes on with the connection.
    requestTimeout: 0,
    parseJSON: false,
    pool: onePhysicalConnection(),
    options: {
      ...socketOptions(settings, connectionTimeout),
      ...(instance === null ? {} : { instanceName: instance }),
      appName: settings.appName,
      packetSize: PACKET_BYTES,
      // Whatever fails unforeseen undoes the whole load, rather than a part of it.
      abortTransactionOnError: true,
      enableArithAbort: true,
      // Whether to try again is for the load to decide.
      maxRetriesOnTransientErrors: 0,
      useUTC: true,
    },
  };
}

/** Who logs in, as the driver wants it, or what is missing. */
function loginOf(
  { login: kind, user, password }: SqlServerSettings,
  environment: Environment,
): Pick<Config, "user" | "password" | "authentication"> | MissingLogin {
  if (kind !== "sql") {
    const authentication = entraLogin({ kind, user, password }, environment);
    return "missing" in authentication ? authentication : { authentication };
  }
  if (user !== null) return { user, password: password ?? "" };
  const missing = "neither the URL nor MSSQL_USER names a user";
  return { missing, fix: `${LOGIN_FIX}; authentication=ActiveDirectoryDefault is for Entra ID` };
}

/** What a user should know of a connection that others could read or take over; null when all is well. */
export function tlsWarning(url: string): string | null {
  const { host, encrypt, trustServerCertificate } = readSettings(url, {});
  if (isThisMachine(host)) return null;
  if (encrypt === false) {
    return `encrypt=false: rows travel to ${host} in the clear, and the password almost so`;
  }
  return trustServerCertificate && encrypt !== "strict"
    ? `trustServerCertificate=true: anyone on the way to ${host} can pose as it; pass ca=FILE to check its certificate`
    : null;
}

/** True when the connection is to be encrypted. */
export function isEncrypted(config: Config): boolean {
  return config.options?.encrypt !== false;
}

/** Temporary tables, settings and the transaction live on one connection: never another in its place. */
function onePhysicalConnection(): NonNullable<Config["pool"]> {
  return {
    max: 1,
    min: 0,
    idleTimeoutMillis: Number.MAX_SAFE_INTEGER,
    acquireTimeoutMillis: FOREVER_MS,
    createTimeoutMillis: FOREVER_MS,
    // A broken connection stays in the pool and fails, where the pool would open a new one without a word.
    validate: () => true,
  };
}

function socketOptions(
  settings: SqlServerSettings,
  timeoutMs: number,
): NonNullable<Config["options"]> {
  const { host, port, encrypt, trustServerCertificate, ca } = settings;
  const tlsName = settings.certificateName ?? addressName(settings);
  return {
    encrypt,
    trustServerCertificate,
    ...(tlsName === null ? {} : { serverName: tlsName }),
    ...(ca === null ? {} : { cryptoCredentialsDetails: { ca: readPem(ca) } }),
    connector: connector({ host, port }, { timeoutMs, encryptedOnly: encrypt === true }),
  };
}

/**
 * The driver sends an address as the name of the server, which TLS does not allow and of which Node warns (DEP0123). With a dot
 * at its end it is a name; a certificate is checked for the address all the same, since a name loses its last dot first.
 */
function addressName({ host, encrypt }: SqlServerSettings): string | null {
  return encrypt === true && isIP(host) > 0 ? `${host}.` : null;
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw badUrl(`ca=${path} cannot be read`, cause);
  }
}
