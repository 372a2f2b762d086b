/**
 * Finds the statement of a script that begins or ends a transaction, in databases where a semicolon ends a statement. It
 * reads as far as that takes: strings, quoted names and comments are passed over, and so is the body of what is created.
 */

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$(\w*)\$[\s\S]*?\$\1\$|[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|[\p{L}_][\p{L}\p{N}_$]*|;/gu;

/** First words that are about the transaction by themselves. */
const CONTROL = new Set(["commit", "begin", "end", "abort"]);

/** The words that begin or end a transaction, as written in `sql`; `null` where none do. */
export function transactionWords(sql: string): string | null {
  for (const words of statementsOf(sql)) {
    const [first = "", second = "", third = ""] = words.map((word) => word.toLowerCase());
    if (CONTROL.has(first)) return first.toUpperCase();
    if (first === "start" && second === "transaction") return "START TRANSACTION";
    if (first === "prepare" && second === "transaction") return "PREPARE TRANSACTION";
    const toSavepoint = second === "to" || (third === "to" && /^(work|transaction)$/.test(second));
    if (first === "rollback" && !toSavepoint) return "ROLLBACK";
  }
  return null;
}

/** The words of each statement. Within a body, which BEGIN and CASE open and END closes, a semicolon ends nothing. */
function statementsOf(sql: string): string[][] {
  const statements: string[][] = [[]];
  let depth = 0;
  for (const [token] of sql.matchAll(TOKEN)) {
    const words = statements.at(-1) ?? [];
    if (token === ";") {
      if (depth === 0) statements.push([]);
      continue;
    }
    if (!/^[\p{L}_]/u.test(token) || token.endsWith("'")) continue;
    const isBody = words[0]?.toLowerCase() === "create" || depth > 0;
    if (isBody && /^(begin|case)$/i.test(token)) depth += 1;
    if (isBody && depth > 0 && /^end$/i.test(token)) depth -= 1;
    words.push(token);
  }
  return statements;
}
