/** Takes T-SQL apart into tokens, as far as checks beside the grammar need it: names, words, strings, and everything else. */

/** A token that is neither white space nor a comment. */
export interface Token {
  readonly kind: "word" | "name" | "variable" | "string" | "number" | "sign";
  /** Words in capitals, the rest as written. */
  readonly text: string;
  /** Offset in the text. */
  readonly at: number;
  /** How many parentheses are open around it; a parenthesis belongs to the outside. */
  readonly depth: number;
}

/** A check of a whole batch and the names of its parameters; answers what is wrong. */
export type Rule = (tokens: readonly Token[], parameters: readonly string[]) => string[];

const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|N?'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"|@@?\w+|[#$]?[\p{L}_][\p{L}\p{N}_$#]*|\d[\w.]*|[\s\S]/giu;

/** The tokens of `sql`. */
export function tokensOf(sql: string): Token[] {
  let depth = 0;
  const tokens: Token[] = [];
  for (const { 0: text, index: at } of sql.matchAll(TOKEN)) {
    if (/^(\s|--|\/\*)/.test(text)) continue;
    if (text === ")") depth -= 1;
    const kind = kindOf(text);
    tokens.push({ kind, text: kind === "word" ? text.toUpperCase() : text, at, depth });
    if (text === "(") depth += 1;
  }
  return tokens;
}

function kindOf(text: string): Token["kind"] {
  if (/^N?'/i.test(text) && text.length > 1) return "string";
  if (/^["[]/.test(text) && text.length > 1) return "name";
  if (/^@\S/.test(text)) return "variable";
  if (/^\d/.test(text)) return "number";
  return /^[#$]?[\p{L}_]/u.test(text) ? "word" : "sign";
}

/** The place of the parenthesis that closes the one at `open`; the end where none does. */
export function closing(tokens: readonly Token[], open: number): number {
  const depth = tokens[open]?.depth;
  const found = tokens.findIndex(
    (token, place) => place > open && token.text === ")" && token.depth === depth,
  );
  return found < 0 ? tokens.length : found;
}

/** The tokens between a parenthesis and the one that closes it, split at the commas that are not inside others. */
export function listOf(tokens: readonly Token[], open: number): Token[][] {
  const inside = tokens.slice(open + 1, closing(tokens, open));
  if (inside.length === 0) return [];
  return split(inside, (token) => token.text === "," && token.depth === inside[0]?.depth);
}

/** The tokens in parts, without those that part them. */
export function split(tokens: readonly Token[], parts: (token: Token) => boolean): Token[][] {
  const all: Token[][] = [[]];
  for (const token of tokens) {
    if (parts(token)) all.push([]);
    else all.at(-1)?.push(token);
  }
  return all;
}

/** The places of a word. */
export function places(tokens: readonly Token[], ...words: readonly string[]): number[] {
  return tokens.flatMap(({ kind, text }, at) =>
    kind === "word" && words.includes(text) ? [at] : [],
  );
}

/** The place of the next token at the same depth that `ends`; the end where there is none. */
export function until(
  tokens: readonly Token[],
  from: number,
  ends: (token: Token) => boolean,
): number {
  const depth = tokens[from]?.depth ?? 0;
  const found = tokens.findIndex(
    (token, at) => at > from && (token.depth < depth || (token.depth === depth && ends(token))),
  );
  return found < 0 ? tokens.length : found;
}

/** A test for a sign. */
export function isSign(sign: string): (token: Token | undefined) => boolean {
  return (token) => token?.text === sign;
}

function endsSelect({ text }: Token): boolean {
  return /^(;|FROM|WHERE|INTO|EXCEPT|INTERSECT|UNION|END|ELSE)$/.test(text);
}

/** What a SELECT at `at` gives, item by item. */
export function selected(tokens: readonly Token[], at: number): Token[][] {
  // CASE … END stands between.
  let end = until(tokens, at, endsSelect);
  const cases = (upTo: number): number =>
    tokens
      .slice(at, upTo)
      .filter(({ text, depth }) => text === "CASE" && depth === tokens[at]?.depth).length;
  for (let open = cases(end); open > 0 && /^(END|ELSE)$/.test(tokens[end]?.text ?? "");) {
    if (tokens[end]?.text === "END") open -= 1;
    const next = until(tokens, end, endsSelect);
    open += cases(next) - cases(end);
    end = next;
  }
  const depth = tokens[at]?.depth;
  return split(tokens.slice(at + 1, end), (token) => token.text === "," && token.depth === depth);
}
