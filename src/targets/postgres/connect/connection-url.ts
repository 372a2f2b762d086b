/**
 * What a connection is to be: URL over service file over environment over defaults, as in libpq, each word by the table of
 * parameters. Our own reading: passwords may hold any character, and no library decides what `sslmode` means.
 */
import type { Environment } from "../../../model/environment.ts";
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import { badText, readWords } from "./connection-text.ts";
import type { KeywordPairs } from "./connection-text.ts";
import { LIBPQ_PARAMETERS } from "./libpq-parameters.ts";
import type { Parameter, PostgresSettings } from "./parameter.ts";
import { badValue, EVERY_WORD, findParameter, PARAMETERS, unknownParameter } from "./parameters.ts";
import { passwordFromFile } from "./password-file.ts";
import { readService } from "./service-file.ts";
import { SOCKET_FOLDERS } from "./user-files.ts";
import { quoteIdentifier } from "../quote.ts";

/** The settings of a connection. Throws `TARGET_PARAMETER` for one that is unknown or cannot be had. */
export function readSettings(url: string, environment: Environment): PostgresSettings {
  const settings = resolve(url, environment);
  for (const [name, { value, origin }] of settings) check(name, value, { origin, settings });
  const plain = Object.fromEntries(
    [...settings].map(([name, { value }]) => [
      name,
      PARAMETERS.get(name)?.values?.find((each) => sameWord(each, value)) ?? value,
    ]),
  );
  const host = plain["host"] ?? (plain["hostaddr"] === undefined ? defaultHost() : undefined);
  const user = plain["user"] ?? userInfo().username;
  return {
    port: "5432",
    ...plain,
    ...(host === undefined ? {} : { host }),
    user,
    dbname: plain["dbname"] ?? user,
  };
}

/** The URL without its password, for messages. */
export function describeUrl(url: string): string {
  const { host, port, user, dbname } = Object.fromEntries(
    readWords(url).map(([name, value]) => [findParameter(name)?.as ?? name, value]),
  );
  const at = user === undefined ? "" : `${user}@`;
  const ports = port?.split(",") ?? [];
  const hosts = (host ?? "").split(",").map((each, index) => {
    const own = ports.length === 1 ? ports[0] : ports[index];
    // An address of IPv6 in brackets, as a URL has it.
    const named = each.includes(":") ? `[${each}]` : each;
    return `${named}${own === undefined || own === "" ? "" : `:${own}`}`;
  });
  return `postgres://${at}${hosts.join(",")}/${dbname ?? ""}`;
}

/** The hosts that a connection may go to, by name and by address, wherever they are said. */
export function hostsOf(url: string, environment: Environment): readonly string[] {
  const { host = "", hostaddr = "" } = readSettings(url, environment);
  return [...host.split(","), ...hostaddr.split(",")].filter((each) => each !== "");
}

/** The passwords that a connection takes from files. Never throws: what cannot be read is told when connecting. */
export function secretsElsewhere(url: string, environment: Environment): readonly string[] {
  try {
    const settings = resolve(url, environment);
    const of = (name: string): string | undefined => settings.get(name)?.value;
    const user = of("user") ?? userInfo().username;
    const login = { host: of("host") ?? of("hostaddr"), port: of("port"), user };
    const { password } = passwordFromFile(
      { ...login, dbname: of("dbname") ?? user, passfile: of("passfile") },
      environment,
    );
    const named = ["password", "sslpassword", "oauth_client_secret"].map(of);
    return [...named, password ?? undefined].filter((each) => each !== undefined);
  } catch {
    return [];
  }
}

interface GivenSetting {
  readonly value: string;
  /** Who gave it, for messages. */
  readonly origin: string;
}

/** The words of all places by libpq's keywords; nothing is checked but that each is known. */
function resolve(url: string, environment: Environment): ReadonlyMap<string, GivenSetting> {
  const fromUrl = understand(readWords(url), "the URL");
  const fromEnvironment = readEnvironment(environment);
  const service = (fromUrl.get("service") ?? fromEnvironment.get("service"))?.value;
  const fromService =
    service === undefined
      ? new Map<string, GivenSetting>()
      : understand(readService(service, environment), `the service [${service}]`);
  return new Map([...fromEnvironment, ...fromService, ...fromUrl]);
}

/** Other words become libpq's. Two that stand for the same keyword and disagree are an error. */
function understand(words: KeywordPairs, origin: string): Map<string, GivenSetting> {
  const settings = new Map<string, GivenSetting>();
  const spelled = new Map<string, string>();
  for (const [name, value] of words) {
    const parameter = findParameter(name);
    if (parameter === null) throw unknownParameter(name, origin);
    const keyword = parameter.as ?? name;
    const meant = meaning(parameter, value);
    const other = spelled.get(keyword);
    if (other !== undefined && other !== name && settings.get(keyword)?.value !== meant) {
      throw badText(`${other} and ${name} disagree; leave one of them out`);
    }
    spelled.set(keyword, name);
    settings.set(keyword, { value: meant, origin });
  }
  return settings;
}

function meaning({ name, meanings }: Parameter, value: string): string {
  // The name of one schema, not a list.
  if (name === "schema") return quoteIdentifier(value);
  if (meanings === undefined) return value;
  const meant = Object.entries(meanings).find(([word]) => sameWord(word, value));
  if (meant !== undefined) return meant[1];
  throw badValue(name, value, among(Object.keys(meanings)));
}

function sameWord(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function readEnvironment(environment: Environment): Map<string, GivenSetting> {
  const settings = new Map<string, GivenSetting>();
  for (const { name, variable } of LIBPQ_PARAMETERS) {
    const value = variable === undefined ? undefined : environment[variable];
    if (value) settings.set(name, { value, origin: `$${variable}` });
  }
  // libpq's older word for one mode.
  if (environment["PGREQUIRESSL"]?.startsWith("1") && !settings.has("sslmode")) {
    settings.set("sslmode", { value: "require", origin: "$PGREQUIRESSL" });
  }
  return settings;
}

interface SettingContext {
  readonly origin: string;
  readonly settings: ReadonlyMap<string, GivenSetting>;
}

/** Refuses what a parameter does not take, and what cannot be had. */
function check(name: string, value: string, { origin, settings }: SettingContext): void {
  const { does, values, harmless, only, note, instead } = PARAMETERS.get(name) ?? { note: "" };
  const word = value.toLowerCase();
  if (values?.every((each) => !sameWord(each, value)) === true) {
    throw badValue(name, value, among(values));
  }
  if (does !== "refused" || value === "" || harmless?.includes(word) === true) return;
  if (only === "socket" && !(settings.get("host")?.value ?? defaultHost()).includes("/")) return;
  throw upsurgeError("TARGET_PARAMETER", {
    name,
    reason: `${origin} gives it, and it cannot be had: ${note}`,
    suggestion: `${instead ?? "leave it out"}; ${EVERY_WORD}`,
  });
}

function among(values: readonly string[]): string {
  return [values.slice(0, -1).join(", "), values.at(-1)].filter(Boolean).join(" or ");
}

function defaultHost(): string {
  return SOCKET_FOLDERS.find((path) => existsSync(join(path, ".s.PGSQL.5432"))) ?? "localhost";
}
