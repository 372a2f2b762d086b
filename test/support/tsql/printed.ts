/** Prints an expression about as SQL Server prints those that it keeps: names in brackets, numbers in parentheses. */
import { isReserved } from "./reserved.ts";
import type { Token } from "./tokens.ts";

/** The text in parentheses; `valued` says that a lone value gets its own. */
export function printed(tokens: readonly Token[], valued: boolean): string {
  const inner = enclosed(tokens) ? tokens.slice(1, -1) : tokens;
  if (valued && enclosed(inner)) return printed(inner, valued);
  const parts = inner.map((token, place) => printedToken(token, inner[place + 1]));
  let text = "";
  for (const part of parts) text += (/\w$/.test(text) && /^\w/.test(part) ? " " : "") + part;
  return `(${text})`;
}

/** Is it all inside one pair of parentheses? */
function enclosed(tokens: readonly Token[]): boolean {
  if (tokens[0]?.text !== "(" || tokens[0].kind !== "symbol") return false;
  let depth = 0;
  for (const [place, token] of tokens.entries()) {
    if (token.kind !== "symbol") continue;
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
    if (depth === 0) return place === tokens.length - 1;
  }
  return false;
}

function printedToken(token: Token, next: Token | undefined): string {
  const { kind, text, upper } = token;
  if (kind === "number") return `(${text})`;
  if (kind === "string") return `'${text.replaceAll("'", "''")}'`;
  if (kind === "name") return `[${text}]`;
  if (kind !== "word") return text;
  if (isReserved(upper)) return ` ${upper} `;
  return next?.text === "(" ? text.toLowerCase() : `[${text}]`;
}
