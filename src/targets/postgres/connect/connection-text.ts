/**
 * Takes apart the texts in which people write down a PostgreSQL connection: URLs of libpq, JDBC and SQLAlchemy, and
 * keyword strings (`host=… dbname=…`). What the words mean is told in `connection-url.ts`. Messages show no values: any
 * may be a password.
 */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../../errors/upsurge-error.ts";
import { findParameter } from "./parameters.ts";
import { loginIn, percentDecode, wordsOfQuery } from "../../url-parts.ts";

/** A word and its value, as they were given; a later one takes the place of an earlier one. */
export type KeywordPairs = readonly (readonly [name: string, value: string])[];

/** SQLAlchemy names its driver behind a plus, JDBC itself before; PHP and Rails have schemes of their own. */
const SCHEME = /^(?:jdbc:)?(?:postgres(?:ql)?|pgsql|postgis)(?:\+\w+)?:\/\//i;
/** `host=… dbname=…`; a `;` parts the words of other databases. */
const KEYWORDS = /^\s*(\w+)\s*=(?!.*;\s*\w+\s*=)/s;

/** True for a text that is meant for PostgreSQL. */
export function isConnectionText(text: string): boolean {
  if (SCHEME.test(text)) return true;
  const first = KEYWORDS.exec(text)?.[1];
  return first !== undefined && findParameter(first) !== null;
}

/** The words of a URL or a keyword string. Throws `TARGET_URL`. */
export function readWords(text: string): KeywordPairs {
  return SCHEME.test(text) ? readUrl(text.replace(SCHEME, "")) : readKeywords(text);
}

/** A text that cannot be taken apart; nothing of it is shown. */
export function badText(reason: string, fix?: string): UpsurgeError {
  return upsurgeError("TARGET_URL", { url: "postgres://…", reason }, { fix });
}

const FORM = "it is not of the form postgres://user@host:port/database?sslmode=…";

/** `user:password@host:port,host:port/database?keyword=value`; the password may hold `@`, `#`, `/` and `?`. */
function readUrl(rest: string): KeywordPairs {
  const end = startOfQuery(rest) ?? rest.length;
  const at = rest.lastIndexOf("@", end - 1);
  const match = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest.slice(at + 1));
  if (match === null) throw badText(FORM);
  const [, hosts = "", dbname, query] = match;
  const { user, password } = loginIn(rest.slice(0, Math.max(at, 0)));
  const words: [string, string][] = [
    ...readHosts(hosts),
    ["dbname", percentDecode(dbname ?? "")],
    ["user", user],
    ["password", password],
  ];
  // A plus is a plus, as in libpq.
  return [...words.filter(([, value]) => value !== ""), ...wordsOfQuery(query ?? "", withoutValue)];
}

/** Where a `?` is followed by a word of ours, the query begins, whatever the values hold. */
function startOfQuery(rest: string): number | null {
  for (const match of rest.matchAll(/\?([\w-]+)=/g)) {
    if (findParameter(match[1] ?? "") !== null) return match.index;
  }
  return null;
}

/** `a:1,[::1]:2`: hosts and their ports, which are in two lists, in the same order. */
function readHosts(text: string): [string, string][] {
  if (text === "") return [];
  const parts = text.split(",").map((each) => {
    const match = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d*))?$/.exec(each);
    if (match === null) throw badText(FORM);
    return { host: percentDecode(match[1] ?? match[2] ?? ""), port: match[3] ?? "" };
  });
  return [
    ["host", list(parts.map(({ host }) => host))],
    ["port", list(parts.map(({ port }) => port))],
  ];
}

function list(values: readonly string[]): string {
  return values.every((each) => each === "") ? "" : values.join(",");
}

function withoutValue(name: string): Error {
  return badText(`behind the ? every word has a value, and ${name} has none: ${name}=…`);
}

/** `host = a dbname = 'my \'db\''`. */
function readKeywords(text: string): KeywordPairs {
  const word = /\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/gsy;
  const words: [string, string][] = [];
  let end = 0;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    const [, name = "", quoted, bare] = match;
    words.push([name, (quoted ?? bare ?? "").replace(/\\(.)/gs, "$1")]);
    end = word.lastIndex;
  }
  if (text.slice(end).trim() === "") return words;
  const last = words.at(-1)?.[0];
  throw badText(
    `it is not a list of keyword=value${last === undefined ? "" : ` from what follows ${last} on`}; put a value with blanks or quotes in '…'`,
  );
}
