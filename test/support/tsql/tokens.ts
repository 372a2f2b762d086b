/** Cuts T-SQL text into tokens. What they mean together is the parser's business. */
import { Raised } from "./raised.ts";

export type TokenKind =
  | "word"
  | "name"
  | "string"
  | "number"
  | "binary"
  | "variable"
  | "symbol"
  | "end";

/** A token: `text` is the content (of a name or string: without its quotes), `upper` serves to compare words. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly upper: string;
  readonly start: number;
  readonly end: number;
}

const SKIPPED = /(?:\s+|--[^\n]*)*/y;
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ["string", /[Nn]?'(?:[^']|'')*'/y],
  ["name", /\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"/y],
  ["variable", /@@?[\p{L}_#$@][\p{L}\p{N}_#$@]*/uy],
  ["binary", /0[xX][0-9a-fA-F]*/y],
  ["number", /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["word", /[\p{L}_#$][\p{L}\p{N}_#$@]*/uy],
  ["symbol", /[<>!]=|<>|![<>]|[-+*/%&|^]=|[-+*/%&|^~=<>().,;]/y],
];

/** The tokens of a text, with one of kind `end` at its end. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = skip(sql, 0);
  while (at < sql.length) {
    const token = tokenAt(sql, at);
    tokens.push(token);
    at = skip(sql, token.end);
  }
  tokens.push({ kind: "end", text: "", upper: "", start: sql.length, end: sql.length });
  return tokens;
}

function tokenAt(sql: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const found = pattern.exec(sql)?.[0];
    if (found === undefined) continue;
    const text = content(kind, found);
    return { kind, text, upper: text.toUpperCase(), start: at, end: at + found.length };
  }
  const rest = sql.slice(at, at + 1);
  if (rest === "'" || rest === '"' || rest === "[") {
    throw new Raised(
      105,
      `Unclosed quotation mark after the character string '${sql.slice(at + 1, at + 40)}'.`,
      "compile",
    );
  }
  throw new Raised(102, `Incorrect syntax near '${rest}'.`, "compile");
}

function content(kind: TokenKind, found: string): string {
  if (kind === "string") return found.slice(found.indexOf("'") + 1, -1).replaceAll("''", "'");
  if (kind !== "name") return found;
  const inner = found.slice(1, -1);
  return found.startsWith("[") ? inner.replaceAll("]]", "]") : inner.replaceAll('""', '"');
}

/** Skips blanks and comments; block comments nest. */
function skip(sql: string, from: number): number {
  let at = from;
  for (;;) {
    SKIPPED.lastIndex = at;
    SKIPPED.exec(sql);
    at = SKIPPED.lastIndex;
    if (!sql.startsWith("/*", at)) return at;
    at = endOfComment(sql, at);
  }
}

function endOfComment(sql: string, from: number): number {
  let depth = 0;
  for (let at = from; at < sql.length; at++) {
    if (sql.startsWith("/*", at)) {
      depth++;
      at++;
    } else if (sql.startsWith("*/", at)) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  throw new Raised(113, "Missing end comment mark '*/'.", "compile");
}
