/** From settings to what the driver is told: the hosts in turn, and for each the ways to connect to it. */
import type { Environment } from "../../../model/environment.ts";
import { isIP } from "node:net";
import type { ClientConfig } from "pg";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { AuthenticationRule } from "./authentication.ts";
import { badText } from "./connection-text.ts";
import type { PostgresSettings } from "./parameter.ts";
import { badValue } from "./parameters.ts";
import { passwordFromFile } from "./password-file.ts";
import { readRequireAuth } from "./require-auth.ts";
import { rootCertificate, tlsChoices } from "./tls.ts";
import type { TlsChoice } from "./tls.ts";
import { readSettings } from "./connection-url.ts";
import { LOGIN_FIX } from "../words.ts";

const CONNECT_TIMEOUT_SECONDS = 10;
const KEEP_ALIVE_SECONDS = 10;

/** What the driver is told; its types lack two of its options. */
export type DriverConfig = ClientConfig & {
  readonly enableChannelBinding: boolean;
  readonly sslnegotiation: "postgres" | "direct";
};

/** One host, and the ways to connect to it. */
export interface Host {
  /** For messages. */
  readonly label: string;
  /** The file that the server's certificate is verified against; `null`: the system's, or none. */
  readonly root: string | null;
  /** In turn; more than one only where `sslmode` allows falling back. */
  readonly ways: readonly DriverConfig[];
}

/** All that there is to know before connecting. */
export interface ConnectionPlan {
  /** To be tried in turn. */
  readonly hosts: readonly Host[];
  readonly rule: AuthenticationRule;
  /** `target_session_attrs`. */
  readonly session: string;
  /** The schemas of unqualified names; `null`: the server's own setting. */
  readonly searchPath: string | null;
}

/** How to connect. Throws for what is unknown, contradictory, or cannot be had. */
export function readConnecting(url: string, environment: Environment): ConnectionPlan {
  const settings = readSettings(url, environment);
  const { load_balance_hosts: balance, channel_binding: binding } = settings;
  const hosts = readHosts(settings).map((address) => hostOf(address, settings, environment));
  return {
    hosts: balance === "random" ? shuffled(hosts) : hosts,
    rule: {
      allowed: readRequireAuth(settings["require_auth"]),
      bound: binding === "require",
      direct: settings["sslnegotiation"] === "direct",
    },
    session: settings["target_session_attrs"] ?? "any",
    searchPath: settings["search_path"] || null,
  };
}

/** Every way of every host, in turn. */
export function clientConfig(url: string, environment: Environment): DriverConfig[] {
  return readConnecting(url, environment).hosts.flatMap(({ ways }) => ways);
}

interface HostAddress {
  readonly host: string;
  readonly hostaddr: string | undefined;
  readonly port: number;
}

/** `host`, `hostaddr` and `port` are lists of equal length, or there is one port for all. */
function readHosts({ host, hostaddr, port = "" }: PostgresSettings): HostAddress[] {
  const hosts = host?.split(",") ?? [];
  const addresses = hostaddr?.split(",") ?? [];
  const ports = port.split(",");
  const count = Math.max(hosts.length, addresses.length);
  const lists = { host: hosts, hostaddr: addresses, port: ports };
  for (const [name, list] of Object.entries(lists)) {
    if (list.length === count || (list.length === 0 && name !== "port")) continue;
    if (name === "port" && list.length === 1) continue;
    throw badText(
      `${name} lists ${list.length} and not ${count}, as the hosts do`,
      `list as many in ${name} as there are hosts${name === "port" ? ", or one" : ""}`,
    );
  }
  return Array.from({ length: count }, (_, index) => {
    const address = addresses[index] || undefined;
    if (address !== undefined && isIP(address) === 0) {
      throw badValue("hostaddr", address, "an address of numbers; host takes a name");
    }
    const own = (ports.length === 1 ? ports[0] : ports[index]) || "5432";
    return { host: hosts[index] || address || "localhost", hostaddr: address, port: portOf(own) };
  });
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  const expected = "a whole number from 1 to 65535";
  throw badValue("port", text, expected);
}

function hostOf(address: HostAddress, settings: PostgresSettings, environment: Environment): Host {
  const { host, hostaddr, port } = address;
  const { user, dbname, options, sslnegotiation } = settings;
  const name = settings["application_name"] || settings["fallback_application_name"] || "upsurge";
  const idle = keepAliveSeconds(settings);
  const base: DriverConfig = {
    host: hostaddr ?? host,
    port,
    ...(user === undefined ? {} : { user }),
    ...(dbname === undefined ? {} : { database: dbname }),
    ...(options ? { options } : {}),
    password: passwordFor(address, settings, environment),
    application_name: name,
    connectionTimeoutMillis: 1000 * connectTimeout(settings),
    keepAlive: settings["keepalives"] !== "0",
    keepAliveInitialDelayMillis: 1000 * idle,
    enableChannelBinding: settings["channel_binding"] !== "disable",
    // Said in any case, or the driver would ask the environment.
    sslnegotiation: sslnegotiation === "direct" ? "direct" : "postgres",
  };
  const choices = tlsChoices(settings, { host, address: hostaddr }, environment);
  const ways = choices.map((ssl): DriverConfig => withTls(base, ssl));
  const root = rootCertificate(settings, environment);
  return { label: host.startsWith("/") ? host : `${host}:${port}`, root, ways };
}

/** The driver takes direct negotiation for a mistake where there is no TLS. */
function withTls(base: DriverConfig, ssl: TlsChoice): DriverConfig {
  return ssl === false ? { ...base, ssl, sslnegotiation: "postgres" } : { ...base, ssl };
}

/** The password, or what to say when the server asks for one and there is none. */
function passwordFor(
  { host, port }: HostAddress,
  { user = "", dbname = "", password, passfile }: PostgresSettings,
  environment: Environment,
): string | (() => string) {
  if (password) return password;
  const login = { host, port: String(port), user, dbname, passfile };
  const found = passwordFromFile(login, environment);
  if (found.password !== null) return found.password;
  return () => {
    const reason = `it asks for a password, and there is none${found.why === null ? "" : `; ${found.why}`}`;
    throw upsurgeError("TARGET_LOGIN", { target: host, reason }, { fix: LOGIN_FIX });
  };
}

/** In seconds; 0 for no limit. */
function connectTimeout({ connect_timeout: given }: PostgresSettings): number {
  const seconds = Number(given || CONNECT_TIMEOUT_SECONDS);
  if (seconds >= 0 && seconds <= 86_400) return seconds;
  const expected = "a number of seconds up to 86400, 0 for no limit";
  throw badValue("connect_timeout", given ?? "", expected);
}

function keepAliveSeconds({ keepalives_idle: given }: PostgresSettings): number {
  // The operating system's own delay is two hours.
  const seconds = Number(given || KEEP_ALIVE_SECONDS);
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400) return seconds;
  const expected = "a whole number of seconds up to 86400";
  throw badValue("keepalives_idle", given ?? "", expected);
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
