/**
 * Reads a connection URL and libpq's environment the way psql does.
 * Our own reading: passwords may hold any character, and no library decides what `sslmode` means.
 */
import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { upsurgeError } from "../../errors/upsurge-error.ts";

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Connection settings by libpq's keywords: `host`, `port`, `user`, `password`, `dbname`, `sslmode`, … */
export type Settings = Readonly<Record<string, string | undefined>>;

/** libpq's variables and the keywords they stand for. */
const VARIABLES: Readonly<Record<string, string>> = {
  PGHOST: "host",
  PGPORT: "port",
  PGUSER: "user",
  PGPASSWORD: "password",
  PGDATABASE: "dbname",
  PGSSLMODE: "sslmode",
  PGSSLROOTCERT: "sslrootcert",
  PGSSLCERT: "sslcert",
  PGSSLKEY: "sslkey",
  PGOPTIONS: "options",
  PGAPPNAME: "application_name",
  PGCONNECT_TIMEOUT: "connect_timeout",
};

/** The settings of a connection: URL over service file over environment over defaults. */
export function readSettings(url: string, environment: Environment): Settings {
  const fromUrl = parseUrl(url);
  const service = fromUrl["service"] ?? environment["PGSERVICE"];
  const merged: Record<string, string | undefined> = {
    host: defaultHost(),
    port: "5432",
    user: userInfo().username,
    ...fromEnvironment(environment),
    ...(service === undefined ? {} : readService(service, environment)),
    ...fromUrl,
  };
  return { ...merged, dbname: merged["dbname"] ?? merged["user"] };
}

/** The URL without its password, for messages. */
export function describeUrl(url: string): string {
  const { host, port, user, dbname } = parseUrl(url);
  const at = user === undefined ? "" : `${user}@`;
  return `postgres://${at}${host ?? ""}${port === undefined ? "" : `:${port}`}/${dbname ?? ""}`;
}

/** `postgres://user:password@host:port/database?keyword=value`; the password may hold `@`, `#`, `/` and `?`. */
function parseUrl(url: string): Record<string, string> {
  const rest = url.replace(/^postgres(ql)?:\/\//i, "");
  const at = rest.lastIndexOf("@");
  const match = /^(\[[^\]]*\]|[^:/?]*)(?::(\d*))?(?:\/([^?]*))?(?:\?(.*))?$/s.exec(
    rest.slice(at + 1),
  );
  if (match === null) {
    throw upsurgeError("TARGET_URL", {
      url: "postgres://…",
      reason: "it is not of the form postgres://user@host:port/database?sslmode=…",
    });
  }
  const [, host, port, dbname, query] = match;
  const settings: Record<string, string> = Object.fromEntries(new URLSearchParams(query ?? ""));
  const userinfo = at < 0 ? "" : rest.slice(0, at);
  const colon = userinfo.indexOf(":");
  const put = (key: string, value: string | undefined): void => {
    if (value !== undefined && value !== "") settings[key] = decode(value);
  };
  put("host", host?.replace(/^\[|\]$/g, ""));
  put("port", port);
  put("dbname", dbname);
  put("user", colon < 0 ? userinfo : userinfo.slice(0, colon));
  put("password", colon < 0 ? undefined : userinfo.slice(colon + 1));
  return settings;
}

/** Percent-decodes; text that is no valid encoding is taken as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fromEnvironment(environment: Environment): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [variable, keyword] of Object.entries(VARIABLES)) {
    const value = environment[variable];
    if (value !== undefined && value !== "") settings[keyword] = value;
  }
  return settings;
}

function defaultHost(): string {
  return (
    ["/var/run/postgresql", "/tmp"].find((path) => existsSync(join(path, ".s.PGSQL.5432"))) ??
    "localhost"
  );
}

/** A section of pg_service.conf. Throws `TARGET_URL` when there is none of that name. */
function readService(name: string, environment: Environment): Record<string, string> {
  const path = environment["PGSERVICEFILE"] ?? join(homedir(), ".pg_service.conf");
  const lines = existsSync(path) ? readFileSync(path, "utf8").split(/\r?\n/) : [];
  const start = lines.findIndex((line) => line.trim() === `[${name}]`);
  if (start < 0) {
    throw upsurgeError("TARGET_URL", {
      url: "postgres://…",
      reason: `${path} has no service [${name}]`,
    });
  }
  const settings: Record<string, string> = {};
  for (const line of lines.slice(start + 1)) {
    if (line.trim().startsWith("[")) break;
    const [, key, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) settings[key] = value;
  }
  return settings;
}
