/**
 * One redactor for all output: errors, logs, reports. It knows the secrets of this run word for word,
 * and it knows what secrets look like (passwords in URLs, `password=…`) for those it was not told.
 */
import { shellQuoted } from "../errors/shell-word.ts";
import type { Environment } from "../model/environment.ts";
import { secretsElsewhere, TARGET_WORDS } from "../targets/registry.ts";

/** Makes a text fit to be seen. */
export type Redact = (text: string) => string;

const MASK = "***";

/** As alternatives of a pattern. */
const PATH_SCHEMES = TARGET_WORDS.flatMap(({ pathSchemes }) => pathSchemes).join("|");

/** The user part of a URL may hold any character, `@` and `/` included: up to the last `@` of the word. */
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/?#"'<>]*):(?!\*\*\*@)[^\s"'<>]*@/gi;

/**
 * `user:password@` without a scheme: the URL was meant, and taken for a path. The schemes of paths
 * and the drives of Windows are no users.
 */
const BARE_PASSWORD = new RegExp(
  `(?<![^\\s"'<>=(,;:/])(?!(?:${PATH_SCHEMES}):|[a-z]:\\\\)([^\\s:@/?#"'<>=(,;]+):(?!\\*\\*\\*@|\\/\\/)[^\\s"'<>]*@`,
  "gi",
);

/** What neither a URL nor `user:password@` goes beyond. */
const WORD = /[^\s"'<>]+/g;

/** Masks the passwords before the last `@` of a word: behind it there is none, and most words have none at all. */
function maskUser(word: string): string {
  const end = word.lastIndexOf("@") + 1;
  const user = word.slice(0, end);
  const masked = user.replace(URL_PASSWORD, `$1:${MASK}@`).replace(BARE_PASSWORD, `$1:${MASK}@`);
  return `${masked}${word.slice(end)}`;
}

/** Words of our own texts: a password equal to one is no secret, and masking it would spoil every message. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  ...TARGET_WORDS.flatMap(({ schemes, pathSchemes }) => [...schemes, ...pathSchemes]),
  "password",
  "upsurge",
]);

/** The variables that hold passwords of targets. */
const VARIABLES = TARGET_WORDS.flatMap(({ secretVariables }) => secretVariables);

/** Shorter words of the environment, and pieces of a password, would be masked inside messages more often than inside leaks. */
const SHORTEST = 4;

/**
 * How names end that stand before secrets. What comes before that is not looked at: it stays as it is, and a pattern that
 * took it in would be tried at each letter of a long text, up to its end.
 */
const NAMES = "password|passwd|passphrase|secret|api_?key|access_?token|\\bpwd|\\bpass";
/** `"password":"abc"` and `password = "a b"`. */
const IN_DOUBLE_QUOTES = new RegExp(`(${NAMES})("?\\s*[=:]\\s*")(?:[^"\\\\]|\\\\.)*"`, "gi");
/** `password = 'a b'`. */
const IN_SINGLE_QUOTES = new RegExp(`(${NAMES})(\\s*=\\s*')(?:[^'\\\\]|\\\\.)*'`, "gi");
/** `password={a;b}`, a } in it doubled. */
const IN_BRACES = new RegExp(`(${NAMES})(\\s*=\\s*)\\{(?:[^}]|\\}\\})*\\}`, "gi");
/** `password=abc`. */
const BARE = new RegExp(`(${NAMES})=(?!\\*\\*\\*)[^\\s&;,"']+`, "gi");

/** A password in a query: `?password=abc&…`. */
const QUERY_PASSWORD = /[?&](?:ssl)?(?:password|pwd)=([^&;\s]*)/gi;

/**
 * A password among keywords, quoted in one of three ways or not at all: `;pwd={a;b}`. One that holds a `;` and should
 * have been quoted goes on up to the next keyword.
 */
const KEYWORD_PASSWORD =
  /(?:^|[;=])\s*(?:ssl)?(?:password|pwd)\s*=\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|\{((?:[^}]|\}\})*)\}|(([^;]*)(?:;(?![^;=]*=)[^;]*)*))/gi;

/** The values of other keywords, which may be seen. */
const OPEN_KEYWORD = /(?:^|[;=])\s*(?!(?:ssl)?(?:password|pwd)\b)[a-z][a-z ]*=\s*([^;=]*)/gi;

/** Makes the redactor of a run that holds `secrets`, each replaced wherever it is and however it is escaped. */
export function makeRedactor(secrets: readonly string[]): Redact {
  const spellings = [...new Set(secrets.flatMap(spellingsOf))].toSorted(
    (a, b) => b.length - a.length,
  );
  // One after the other: a short one that begins before a longer one would leave the rest of that to be seen.
  const known = spellings.map((each) => new RegExp(pattern(each), "g"));
  return (text) => {
    const masked = known.reduce((left, each) => left.replace(each, MASK), text);
    return masked
      .replace(IN_BRACES, `$1$2${MASK}`)
      .replace(WORD, maskUser)
      .replace(IN_DOUBLE_QUOTES, `$1$2${MASK}"`)
      .replace(IN_SINGLE_QUOTES, `$1$2${MASK}'`)
      .replace(BARE, `$1=${MASK}`);
  };
}

/** The redactor of a run into `url`. */
export async function redactorFor(url: string | null, environment: Environment): Promise<Redact> {
  return await redactorOf([url], environment);
}

/** The redactor of a run that may show any of these URLs. */
export async function redactorOf(
  urls: readonly (string | null)[],
  environment: Environment,
): Promise<Redact> {
  const found: string[] = [];
  for (const url of urls) {
    const elsewhere = url === null ? [] : await secretsElsewhere(url, environment);
    found.push(...secretsOf(url, environment, elsewhere));
  }
  return makeRedactor(found);
}

/** The secrets of a run: the passwords in its target URL, in the environment and `elsewhere`, in files say. */
export function secretsOf(
  url: string | null,
  environment: Environment,
  elsewhere: readonly string[] = [],
): readonly string[] {
  const fromUrl = url === null ? [] : urlSecrets(url);
  const found = [...VARIABLES.map((name) => environment[name] ?? ""), ...elsewhere];
  const fromEnvironment = found.filter((secret) => secret.length >= SHORTEST);
  const open = new Set(url === null ? [] : openParts(url));
  return [...fromUrl, ...fromEnvironment].filter(
    (secret) => secret.length > 1 && !open.has(secret) && !OWN_WORDS.has(secret.toLowerCase()),
  );
}

function urlSecrets(url: string): string[] {
  const authority = authorityOf(url);
  // Up to the last @, and up to the first: whichever way the URL is read, its password is covered.
  const users = [authority.lastIndexOf("@"), authority.indexOf("@")]
    .filter((at) => at >= 0)
    .map((at) => authority.slice(0, at));
  const passwords = users
    .filter((user) => user.includes(":"))
    .map((user) => user.slice(user.indexOf(":") + 1));
  const inQuery = [...url.matchAll(QUERY_PASSWORD)].map((match) => match[1] ?? "");
  return [...passwords, ...passwords.flatMap(piecesOf), ...inQuery, ...keywordSecrets(url)];
}

/** What is taken for a path, a parameter or its value where the signs in a password were not escaped. */
function piecesOf(password: string): string[] {
  const pieces = [...password.split(/[?#]/), ...password.split(/[/?#&=;]/)];
  return pieces.filter((piece) => piece.length >= SHORTEST);
}

/** The passwords of a connection string, as they are and as they are written. */
function keywordSecrets(text: string): string[] {
  return [...text.matchAll(KEYWORD_PASSWORD)].flatMap((match) => {
    const [, double, single, braced, ...bare] = match;
    return [
      double,
      double?.replaceAll('""', '"'),
      single,
      single?.replaceAll("''", "'"),
      braced,
      braced?.replaceAll("}}", "}"),
      ...bare.map((each) => each?.trim()),
    ].filter((each) => each !== undefined);
  });
}

const SCHEME = new RegExp(`^(?:[a-z][a-z0-9+.-]*://|(?:${PATH_SCHEMES}):)`, "i");

/** What follows the scheme; a URL whose scheme was forgotten is one all the same. */
function authorityOf(url: string): string {
  if (/^[a-z]:\\/i.test(url)) return "";
  return url.replace(/^--[a-z][a-z0-9-]*=/, "").replace(SCHEME, "");
}

/** What a URL says in the open: a password equal to the user's name would mask that name everywhere. */
function openParts(url: string): readonly string[] {
  const parts =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^:@/]*)(?::.*)?@)?([^:/?]*)[^/?]*\/?([^?]*)/is.exec(url);
  const keywords = [...url.matchAll(OPEN_KEYWORD)].map((match) => match[1]?.trim() ?? "");
  return [...(parts?.slice(1).map((part) => part ?? "") ?? []), ...keywords];
}

function spellingsOf(secret: string): string[] {
  const decoded = attempt(() => decodeURIComponent(secret), secret);
  const encoded = attempt(() => encodeURIComponent(decoded), secret);
  const plain = [secret, decoded, encoded];
  const all = [...plain, ...plain.flatMap(shellSpellings)];
  return [...all, ...all.map((text) => JSON.stringify(text).slice(1, -1))].filter(
    (text) => text !== "",
  );
}

/** As a part of a quoted word of a shell, alone and next to a control character. */
function shellSpellings(text: string): string[] {
  return [text, `${text}\t`].map((each) =>
    shellQuoted(each)
      .replace(/^\$?'/, "")
      .replace(/(?:\\t)?'$/, ""),
  );
}

function attempt(make: () => string, fallback: string): string {
  try {
    return make();
  } catch {
    return fallback;
  }
}

/** A short secret is masked only where it is alone: `ab` should not mask half of `table`. */
function pattern(secret: string): string {
  const escaped = secret.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  if (secret.length >= 6) return escaped;
  return `(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`.replaceAll(
    "\\p{L}\\p{N}_",
    "A-Za-z0-9_",
  );
}
