/**
 * What a SQL Server URL or connection string says, with the environment filling in user and password.
 * Nothing is guessed: a value that is not understood is refused, since it may have been meant to protect.
 */
import type { Environment } from "../../../model/environment.ts";
import { isIPv6 } from "node:net";
import { badUrl, isConnectionText, readKeywords } from "./connection-text.ts";
import type { Keyword, Keywords } from "./connection-text.ts";
import { loginKind } from "./entra.ts";
import type { LoginKind } from "./entra.ts";

/** What to connect to, and how. */
export interface SqlServerSettings {
  readonly host: string;
  readonly port: number;
  /** A named instance, whose port the server's browser tells; null when the port is given. */
  readonly instance: string | null;
  readonly login: LoginKind;
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string | null;
  /** `strict` is TLS before anything else (TDS 8). */
  readonly encrypt: boolean | "strict";
  readonly trustServerCertificate: boolean;
  /** The file of a private CA, or of the server's own certificate. */
  readonly ca: string | null;
  /** The name the certificate is made out for, where it is not the host's. */
  readonly certificateName: string | null;
  readonly appName: string;
  /** 0 waits without end. */
  readonly connectTimeoutSeconds: number;
}

const PORT = 1433;
const CONNECT_TIMEOUT_SECONDS = 10;
/** A token comes first, from a service that may have to be looked for. */
const ENTRA_TIMEOUT_SECONDS = 30;

/** Logins whose user is no name of an account but, at most, the id of an identity: the environment's is another's. */
const WITHOUT_USER: readonly LoginKind[] = ["default", "managed-identity"];

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  "1": true,
  false: false,
  no: false,
  "0": false,
};

const ENCRYPT: Readonly<Record<string, boolean | "strict">> = {
  ...BOOLEANS,
  mandatory: true,
  optional: false,
  strict: "strict",
};

/** True when the text is a SQL Server URL or connection string. */
export const acceptsUrl: (url: string) => boolean = isConnectionText;

/** The settings of a connection: the URL's, then the environment's, then defaults. Throws `TARGET_URL`. */
export function readSettings(url: string, environment: Environment): SqlServerSettings {
  const given = readKeywords(url);
  const host = given.get("host") ?? "localhost";
  const login = loginKind(given.get("authentication"));
  const named = (name: string): string | null =>
    WITHOUT_USER.includes(login) ? null : environment[name] || null;
  const settings: SqlServerSettings = {
    host,
    port: number(given, "port", { from: 1, to: 65_535 }) ?? PORT,
    instance: given.has("port") ? null : (given.get("instance") ?? null),
    login,
    user: given.get("user") ?? named("MSSQL_USER") ?? named("SQLCMDUSER"),
    password: given.get("password") ?? named("MSSQL_PASSWORD") ?? named("SQLCMDPASSWORD"),
    database: given.get("database") ?? null,
    encrypt: choice(given, "encrypt", ENCRYPT) ?? true,
    trustServerCertificate: choice(given, "trustServerCertificate", BOOLEANS) ?? false,
    ca: given.get("ca") ?? null,
    certificateName: certificateName(given.get("hostNameInCertificate") ?? null, host),
    appName: given.get("appName") ?? "upsurge",
    connectTimeoutSeconds:
      number(given, "connectTimeout", { from: 0, to: 86_400 }) ??
      (login === "sql" ? CONNECT_TIMEOUT_SECONDS : ENTRA_TIMEOUT_SECONDS),
  };
  refuseContradictions(settings);
  return settings;
}

/** The URL without secrets, for messages; of a text that cannot be read, nothing is shown. */
export function describeUrl(url: string): string {
  let given: Keywords;
  try {
    given = readKeywords(url);
  } catch {
    return "sqlserver://…";
  }
  const user = given.get("user");
  const host = given.get("host") ?? "localhost";
  const instance = given.get("instance");
  const port = given.get("port") ?? (instance === undefined ? String(PORT) : null);
  return [
    "sqlserver://",
    user === undefined ? "" : `${user}@`,
    isIPv6(host) ? `[${host}]` : host,
    port === null ? `\\${instance ?? ""}` : `:${port}`,
    `/${given.get("database") ?? ""}`,
  ].join("");
}

/** True for a host that is this machine. */
export function isThisMachine(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|::1)$/i.test(host);
}

/** Protection asked for and given up in one breath: whichever was meant, the other is a mistake. */
function refuseContradictions(settings: SqlServerSettings): void {
  const { encrypt, trustServerCertificate, ca, login, password } = settings;
  if (WITHOUT_USER.includes(login) && password !== null) {
    throw badUrl("this login of Entra ID takes no password; ActiveDirectoryServicePrincipal does");
  }
  if (login !== "sql" && encrypt === false) {
    throw badUrl("a login of Entra ID, which sends a token, goes with encrypt=true or strict only");
  }
  if (ca === null) return;
  if (encrypt === false) throw badUrl("ca goes with encrypt=true or encrypt=strict only");
  if (trustServerCertificate) throw badUrl("ca does not go with trustServerCertificate=true");
}

/** `*.name` is how portals say that the certificate holds for every host of a domain, as any certificate may. */
function certificateName(name: string | null, host: string): string | null {
  if (name === null || !name.startsWith("*.")) return name;
  if (host.toLowerCase().endsWith(name.slice(1).toLowerCase())) return null;
  throw badUrl("hostNameInCertificate is a pattern that the host does not match");
}

function choice<T>(
  given: Keywords,
  keyword: Keyword,
  choices: Readonly<Record<string, T>>,
): T | undefined {
  const word = given.get(keyword)?.trim().toLowerCase();
  if (word === undefined) return undefined;
  if (Object.hasOwn(choices, word)) return choices[word];
  throw badUrl(`${keyword} is one of ${Object.keys(choices).join(", ")}`);
}

function number(
  given: Keywords,
  keyword: Keyword,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  const text = given.get(keyword)?.trim();
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw badUrl(`${keyword} is a whole number from ${from} to ${to}`);
}
