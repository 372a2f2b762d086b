/** Splits SQL into tokens, just far enough to find names, keywords and brackets. Pure. */

/** A part of SQL. */
export interface Token {
  /** `word`: a name, bare or quoted, or a keyword; `space`: white space, or a comment, which becomes a space. */
  readonly kind: "word" | "space" | "other";
  readonly text: string;
  /** A name without its quotes; the text of any other token. */
  readonly name: string;
  readonly quoted: boolean;
  /** Where it begins and ends in the SQL. */
  readonly start: number;
  readonly end: number;
  /** How many round brackets are open around it; the brackets themselves count as outside. */
  readonly depth: number;
}

/** A name in brackets, where the database quotes so; elsewhere brackets are subscripts. */
const BRACKETED = /\[(?:[^\]]|\]\])+\]/;

const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|[eExXbBnN]?'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\d[\w.]*|[\p{L}_][\p{L}\p{N}_$]*|::|=>|[\s\S]/guy;

const BRACKET_TOKEN = new RegExp(`${BRACKETED.source}|${TOKEN.source}`, TOKEN.flags);

/** The same for ASCII: all letters of Unicode take longer to be made ready than a small load. */
const ASCII = /^[\0-\x7F]*$/;
const [ASCII_TOKEN, ASCII_BRACKET_TOKEN] = [TOKEN, BRACKET_TOKEN].map(
  ({ source }) =>
    new RegExp(source.replaceAll("\\p{L}", "a-zA-Z").replaceAll("\\p{N}", "0-9"), "gy"),
) as [RegExp, RegExp];

/** Splits SQL into words, white space and everything else; strings stay whole, comments become a space. */
export function tokenize(sql: string, brackets = false): Token[] {
  let depth = 0;
  return [...sql.matchAll(tokenOf(sql, brackets))].map(({ 0: text, index: start }) => {
    if (text === ")") depth -= 1;
    const token = { ...kindOf(text), start, end: start + text.length, depth };
    if (text === "(") depth += 1;
    return token;
  });
}

function tokenOf(sql: string, brackets: boolean): RegExp {
  if (ASCII.test(sql)) return brackets ? ASCII_BRACKET_TOKEN : ASCII_TOKEN;
  return brackets ? BRACKET_TOKEN : TOKEN;
}

function kindOf(text: string): Pick<Token, "kind" | "text" | "name" | "quoted"> {
  const plain = { text, name: text, quoted: false };
  // A comment to the end of the line would swallow what is written behind the expression.
  if (/^(--|\/\*)/.test(text)) return { ...plain, kind: "space", text: " " };
  if (/^\s/.test(text)) return { ...plain, kind: "space" };
  if (/^["`[]/.test(text) && text.length > 1) {
    const close = text.at(-1) ?? "";
    const name = text.slice(1, -1).replaceAll(close + close, close);
    return { kind: "word", text, name, quoted: true };
  }
  const isWord = startsWord(text) && !text.endsWith("'");
  return { ...plain, kind: isWord ? "word" : "other" };
}

function startsWord(text: string): boolean {
  return ASCII.test(text) ? /^[a-zA-Z_]/.test(text) : /^[\p{L}_]/u.test(text);
}

/** The same without white space and comments. */
export function solidTokens(sql: string, brackets: boolean): Token[] {
  return tokenize(sql, brackets).filter(({ kind }) => kind !== "space");
}

/** True when `token` is the bare keyword `word`, in any case. */
export function isKeyword(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && !token.quoted && token.name.toLowerCase() === word;
}

/** Where the first bracket at depth 0 opens; -1 when none does. */
export function firstBracket(tokens: readonly Token[]): number {
  return tokens.findIndex((token) => token.text === "(" && token.depth === 0);
}

/** The tokens between the bracket at `open` and its partner, split at the commas directly inside. */
export function splitBracket(tokens: readonly Token[], open: number): Token[][] {
  const depth = tokens[open]?.depth ?? 0;
  const items: Token[][] = [[]];
  for (const token of tokens.slice(open + 1)) {
    if (token.text === ")" && token.depth === depth) break;
    if (token.text === "," && token.depth === depth + 1) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}

/** The bracket that closes the one at `open`; the number of tokens when it never closes. */
export function closingBracket(tokens: readonly Token[], open: number): number {
  const depth = tokens[open]?.depth ?? 0;
  const at = tokens.findIndex(
    (token, index) => index > open && token.text === ")" && token.depth === depth,
  );
  return at < 0 ? tokens.length : at;
}

/** The SQL that `tokens` cover, comments between them included; empty for no tokens. */
export function sourceOf(sql: string, tokens: readonly Token[]): string {
  const [first] = tokens;
  const last = tokens.at(-1);
  return first === undefined || last === undefined ? "" : sql.slice(first.start, last.end);
}
