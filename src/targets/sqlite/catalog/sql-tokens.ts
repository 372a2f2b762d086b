/**
 * Splits the SQL text that SQLite keeps in its catalog into tokens.
 * Knows strings, quoted names, comments and brackets; what the tokens mean is left to the files that read them.
 */

/** A token of SQL; white space and comments are left out. */
export interface SqlToken {
  /** `word`: a bare or quoted name or a keyword. `text`: a string literal. `other`: one sign or a number. */
  readonly kind: "word" | "text" | "other";
  readonly text: string;
  /** The name without its quotes; for a bare word the word itself. */
  readonly name: string;
  readonly quoted: boolean;
  /** Where it begins and ends in the SQL text. */
  readonly start: number;
  readonly end: number;
  /** How many brackets are open around it; an opening bracket counts as outside. */
  readonly depth: number;
}

const TOKEN =
  /(?<space>\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<text>[xX]?'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|\d[\w.]*|[\s\S]/guy;

/** The tokens of `sql`, in order. */
export function tokenize(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let depth = 0;
  for (const match of sql.matchAll(TOKEN)) {
    const [text] = match;
    const { space, text: literal, quoted, word } = match.groups ?? {};
    if (space !== undefined) continue;
    if (text === ")") depth -= 1;
    const kind =
      literal === undefined
        ? quoted === undefined && word === undefined
          ? "other"
          : "word"
        : "text";
    tokens.push({
      kind,
      text,
      name: quoted === undefined ? text : unquote(quoted),
      quoted: quoted !== undefined,
      start: match.index,
      end: match.index + text.length,
      depth,
    });
    if (text === "(") depth += 1;
  }
  return tokens;
}

function unquote(quoted: string): string {
  const close = quoted.at(-1) ?? "";
  const inner = quoted.slice(1, -1);
  return close === "]" ? inner : inner.replaceAll(close + close, close);
}

/** True when `token` is the bare keyword `word`, in any case. */
export function isKeyword(token: SqlToken | undefined, word: string): boolean {
  return token?.kind === "word" && !token.quoted && token.name.toLowerCase() === word;
}

/** Where the first bracket at depth 0 opens, from token `from` on; -1 when none does. */
export function firstBracket(tokens: readonly SqlToken[], from = 0): number {
  return tokens.findIndex((token, at) => at >= from && token.text === "(" && token.depth === 0);
}

/** The tokens between the bracket at `open` and its partner, split at the commas directly inside. */
export function splitBracket(tokens: readonly SqlToken[], open: number): SqlToken[][] {
  const depth = tokens[open]?.depth ?? 0;
  const items: SqlToken[][] = [[]];
  for (const token of tokens.slice(open + 1)) {
    if (token.text === ")" && token.depth === depth) break;
    if (token.text === "," && token.depth === depth + 1) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}

/** The bracket that closes the one at `open`; the number of tokens when it never closes. */
export function closingBracket(tokens: readonly SqlToken[], open: number): number {
  const depth = tokens[open]?.depth ?? 0;
  const at = tokens.findIndex(
    (token, index) => index > open && token.text === ")" && token.depth === depth,
  );
  return at < 0 ? tokens.length : at;
}

/** The SQL that `tokens` cover, comments between them included; empty for no tokens. */
export function sourceOf(sql: string, tokens: readonly SqlToken[]): string {
  const [first] = tokens;
  const last = tokens.at(-1);
  return first === undefined || last === undefined ? "" : sql.slice(first.start, last.end);
}
