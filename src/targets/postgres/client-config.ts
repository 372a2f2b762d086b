/**
 * From settings to the driver's configuration, TLS above all: `sslmode` means what libpq says it means,
 * and without one it is verify-full for any host but this machine.
 */
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import type { ClientConfig } from "pg";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { readSettings } from "./connection-url.ts";
import type { Environment, Settings } from "./connection-url.ts";

const CONNECT_TIMEOUT_SECONDS = 10;
const KEEP_ALIVE_MS = 10_000;

/** The configurations to try in turn; more than one only where `sslmode` allows falling back. */
export function clientConfig(url: string, environment: Environment): ClientConfig[] {
  const settings = readSettings(url, environment);
  const { host, port, user, password, dbname, options } = settings;
  const base: ClientConfig & { enableChannelBinding: boolean } = {
    ...(host === undefined ? {} : { host }),
    port: Number(port ?? 5432),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(dbname === undefined ? {} : { database: dbname }),
    ...(options === undefined ? {} : { options }),
    application_name: settings["application_name"] ?? "upsurge",
    connectionTimeoutMillis: 1000 * connectTimeout(settings),
    keepAlive: true,
    // The operating system's own delay is two hours.
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    enableChannelBinding: true,
  };
  return tlsChoices(settings).map((ssl) => ({ ...base, ssl }));
}

/** In seconds; 0 for no limit. */
function connectTimeout({ connect_timeout: given }: Settings): number {
  const seconds = Number(given ?? CONNECT_TIMEOUT_SECONDS);
  if (seconds >= 0 && seconds <= 86_400) return seconds;
  const expected = "a number of seconds up to 86400, 0 for no limit";
  throw upsurgeError("OPTION_VALUE", { flag: "connect_timeout", value: given ?? "", expected });
}

type TlsChoice = ConnectionOptions | false;

function tlsChoices(settings: Settings): TlsChoice[] {
  const host = settings["host"] ?? "";
  const local = host.startsWith("/") || ["localhost", "127.0.0.1", "::1"].includes(host);
  if (host.startsWith("/")) return [false];
  const mode = settings["sslmode"] ?? (local ? "disable" : "verify-full");
  const unverified = { ...certificates(settings), rejectUnauthorized: false };
  // An address has no server name to send, but it is still what the certificate must be made out for.
  const identity = isIP(host) === 0 ? { servername: host } : { host };
  const verified = { ...certificates(settings), rejectUnauthorized: true, ...identity };
  switch (mode) {
    case "disable":
      return [false];
    case "allow":
      return [false, unverified];
    case "prefer":
      return [unverified, false];
    case "require":
      return [settings["sslrootcert"] === undefined ? unverified : verifyCa(verified)];
    case "verify-ca":
      return [verifyCa(verified)];
    case "verify-full":
      return [verified];
    default:
      throw upsurgeError("OPTION_VALUE", {
        flag: "sslmode",
        value: mode,
        expected: "disable, allow, prefer, require, verify-ca or verify-full",
      });
  }
}

/** The chain is verified, the host name is not. */
function verifyCa(verified: ConnectionOptions): ConnectionOptions {
  return { ...verified, checkServerIdentity: () => undefined };
}

function certificates({ sslrootcert, sslcert, sslkey }: Settings): ConnectionOptions {
  const usual = join(homedir(), ".postgresql", "root.crt");
  const root = sslrootcert ?? (existsSync(usual) ? usual : "system");
  return {
    ...(root === "system" ? {} : { ca: readPem("sslrootcert", root) }),
    ...(sslcert === undefined ? {} : { cert: readPem("sslcert", sslcert) }),
    ...(sslkey === undefined ? {} : { key: readPem("sslkey", sslkey) }),
  };
}

function readPem(keyword: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const reason = `${keyword}=${path} cannot be read`;
    throw upsurgeError("TARGET_URL", { url: "postgres://…", reason }, { cause });
  }
}
