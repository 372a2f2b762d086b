/**
 * Takes apart the texts in which people write down a SQL Server connection: URLs, JDBC's URLs, ADO's connection strings.
 * What the values mean is told in `connection-url.ts`. Messages name keywords, never values: any value may be secret.
 */
import { isIPv6 } from "node:net";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../../errors/upsurge-error.ts";
import { loginIn, percentDecode, wordsOfQuery } from "../../url-parts.ts";

/** What a connection is made of. */
export type Keyword =
  | "host"
  | "port"
  | "instance"
  | "user"
  | "password"
  | "database"
  | "encrypt"
  | "trustServerCertificate"
  | "ca"
  | "hostNameInCertificate"
  | "appName"
  | "authentication"
  | "connectTimeout";

/** The keywords that a text gives, each at most once; empty values count as not given. */
export type Keywords = ReadonlyMap<Keyword, string>;

/** `server` is taken apart further, `none` has no bearing here, `windows` asks for a login of Windows. */
type KeywordMeaning = Keyword | "server" | "none" | "windows";

/** Spellings are in lower case, without blanks, `_` and `-`. */
const SPELLINGS: readonly (readonly [KeywordMeaning, string])[] = [
  ["server", "server datasource address addr networkaddress servername"],
  ["port", "port portnumber"],
  ["instance", "instance instancename"],
  ["user", "user userid uid username"],
  ["password", "password pwd"],
  ["database", "database databasename initialcatalog"],
  ["encrypt", "encrypt"],
  ["trustServerCertificate", "trustservercertificate"],
  ["ca", "ca certificate servercertificate"],
  ["hostNameInCertificate", "hostnameincertificate"],
  ["appName", "appname applicationname app"],
  ["connectTimeout", "connecttimeout connectiontimeout timeout logintimeout"],
  ["none", "persistsecurityinfo multipleactiveresultsets marsconnection pooling driver"],
  ["authentication", "authentication"],
  ["windows", "integratedsecurity trustedconnection"],
];

const MEANINGS: ReadonlyMap<string, KeywordMeaning> = new Map(
  SPELLINGS.flatMap(([meaning, spellings]) =>
    spellings.split(" ").map((spelling) => [spelling, meaning] as const),
  ),
);

/** What says that a login of Windows is not asked for. */
const NOT_WINDOWS = ["false", "no"];

const SCHEME = /^(?:jdbc:sqlserver|sqlserver|mssql):\/\//i;
const ADO_SERVER = /(?:^|;)\s*(?:server|data\s*source|addr(?:ess)?|network\s*address)\s*=/i;

/** `name = value;`, the value as it is, in braces, or (in ADO's strings) in quotes. */
const JDBC_PROPERTY = /\s*([^=;]*?)\s*=\s*(?:\{((?:[^}]|\}\})*)\}|(?!\{)([^;]*))\s*(?:;|$)/y;
const ADO_PROPERTY =
  /\s*([^=;]*?)\s*=\s*(?:\{((?:[^}]|\}\})*)\}|"((?:[^"]|"")*)"|'((?:[^']|'')*)'|(?!["'{])([^;]*?))\s*(?:;|$)/y;

/** True for the URLs and connection strings of SQL Server. */
export function isConnectionText(text: string): boolean {
  return SCHEME.test(text) || (ADO_SERVER.test(text) && !isOthers(text));
}

/** A file's name or another database's URL may hold anything. */
function isOthers(text: string): boolean {
  return /\.(?:db|sqlite3?)$/i.test(text) || /^\s*[a-z][a-z0-9+.-]*:/i.test(text);
}

/** Reads a text of any form. Throws `TARGET_URL`. */
export function readKeywords(text: string): Keywords {
  const given = new GivenKeywords();
  const rest = text.replace(SCHEME, "");
  if (rest === text) given.addAll(properties(text, ADO_PROPERTY));
  else if (/^jdbc:/i.test(text) || isJdbc(rest)) readJdbc(rest, given);
  else readUrl(rest, given);
  return given.keywords;
}

/** A `TARGET_URL` error that tells nothing of the text but `reason`. */
export function badUrl(reason: string, cause?: unknown): UpsurgeError {
  return upsurgeError("TARGET_URL", { url: "sqlserver://…", reason }, { cause });
}

/** Gathers what a text gives; nothing may be given twice. */
class GivenKeywords {
  readonly keywords = new Map<Keyword, string>();
  #last: KeywordMeaning | undefined;

  addAll(pairs: Iterable<readonly [string, string]>): void {
    for (const [name, value] of pairs) this.#addNamed(name, value);
  }

  add(keyword: Keyword, value: string | undefined): void {
    if (value === undefined || value === "") return;
    if (this.keywords.has(keyword)) throw badUrl(`${keyword} is given twice`);
    this.keywords.set(keyword, value);
  }

  #addNamed(name: string, value: string): void {
    const meaning = meaningOf(name);
    if (meaning === undefined) throw this.#unknown(name);
    this.#last = meaning;
    if (meaning === "none") return;
    if (meaning === "server") return readServer(value, this);
    if (meaning !== "windows") return this.add(meaning, value);
    if (NOT_WINDOWS.includes(spelling(value))) return;
    throw badUrl(
      `${name} asks for a login of Windows, which is not supported; give user and password, or authentication=ActiveDirectoryDefault for Entra ID`,
    );
  }

  /** What follows a password may be the rest of it. */
  #unknown(name: string): UpsurgeError {
    return badUrl(
      this.#last === "password"
        ? 'what follows the password is no keyword; a password that holds a ; is written password="…" or password={…}'
        : `there is no keyword ${name}`,
    );
  }
}

function meaningOf(name: string): KeywordMeaning | undefined {
  return MEANINGS.get(spelling(name));
}

/** A word without what people spell differently: case, blanks, `_` and `-`. */
export function spelling(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, "");
}

/** `name=value;name=value`, with the values out of their quotes. */
function* properties(text: string, form: RegExp): Generator<readonly [string, string]> {
  const pattern = new RegExp(form);
  while (!/^[\s;]*$/.test(text.slice(pattern.lastIndex))) {
    const match = pattern.exec(text);
    if (match === null) {
      throw badUrl(
        "it is not of the form keyword=value;keyword=value (a value that holds one of ; \" ' { } is written in the other quotes)",
      );
    }
    const [, name = "", braced, double, single, plain] = match;
    const value =
      braced?.replaceAll("}}", "}") ??
      double?.replaceAll('""', '"') ??
      single?.replaceAll("''", "'");
    yield [name, value ?? plain ?? ""];
  }
}

/** `host\instance:port;name=value`: nothing like a user is before the first property. */
function isJdbc(rest: string): boolean {
  const [, name] = /^[^;@/?]*;\s*([^=;]*)(?:=|;|$)/.exec(rest) ?? [];
  return name !== undefined && (name.trim() === "" || meaningOf(name) !== undefined);
}

function readJdbc(rest: string, given: GivenKeywords): void {
  const end = rest.indexOf(";");
  readAddress(end < 0 ? rest : rest.slice(0, end), given);
  if (end >= 0) given.addAll(properties(rest.slice(end + 1), JDBC_PROPERTY));
}

/** `user:password@host:port/database?name=value`; the password may hold any character. */
function readUrl(rest: string, given: GivenKeywords): void {
  const queryAt = queryStart(rest);
  const main = queryAt < 0 ? rest : rest.slice(0, queryAt);
  const at = main.lastIndexOf("@");
  const { user, password } = loginIn(main.slice(0, Math.max(at, 0)));
  given.add("user", user);
  given.add("password", password);
  const [, address, database] = /^([^/?;]*)(?:\/([^/?;]*)\/?)?$/s.exec(main.slice(at + 1)) ?? [];
  if (address === undefined) throw badForm();
  readAddress(percentDecode(address), given);
  given.add("database", database === undefined ? undefined : percentDecode(database));
  if (queryAt >= 0) given.addAll(wordsOfQuery(rest.slice(queryAt + 1), badForm));
}

/** Where the query begins: a `?` before a keyword, or any behind the last `@`; others belong to the password. */
function queryStart(rest: string): number {
  for (const { index } of rest.matchAll(/\?/g)) {
    const [name] = /^[^=&]*(?==)/.exec(rest.slice(index + 1)) ?? [];
    if (name !== undefined && meaningOf(percentDecode(name)) !== undefined) return index;
  }
  return rest.indexOf("?", rest.lastIndexOf("@") + 1);
}

/** `host\instance:port`, as URLs write it. */
function readAddress(address: string, given: GivenKeywords): void {
  const match = /^(\[[^\]]*\]|[^:\\]*)(?:\\([^:\\]*))?(?::(\d*))?$/s.exec(address.trim());
  if (match === null) throw badForm();
  given.add("host", localName(match[1] ?? ""));
  given.add("instance", match[2]);
  given.add("port", match[3]);
}

/** `tcp:host\instance,port`, as connection strings write it. */
function readServer(server: string, given: GivenKeywords): void {
  const address = server.trim().replace(/^tcp:/i, "");
  const match = /^([^\\,]*)(?:\\([^\\,]*))?(?:,\s*(\d*))?$/s.exec(address);
  const host = localName(match?.[1]?.trim() ?? "");
  if (match === null || (host.includes(":") && !isIPv6(host)) || /^\(localdb\)/i.test(host)) {
    throw badUrl("the server is not of the form host, host,port or host\\instance, reached by TCP");
  }
  given.add("host", host);
  given.add("instance", match[2]?.trim());
  given.add("port", match[3]);
}

function localName(host: string): string {
  return /^(?:\.|\(local\))$/i.test(host) ? "localhost" : host.replace(/^\[|\]$/g, "");
}

function badForm(): UpsurgeError {
  return badUrl("it is not of the form sqlserver://user@host:1433/database?encrypt=true");
}
