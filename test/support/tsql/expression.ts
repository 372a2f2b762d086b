/** Translates T-SQL expressions to PostgreSQL, keeping apart values and conditions as T-SQL does. */
import type { Cursor } from "./cursor.ts";
import { readCall } from "./call.ts";
import { collationOf, place, quoteName, quoteText } from "./quote.ts";
import { notInTheSet, Raised } from "./raised.ts";
import { convertTo, isCharacter, readType } from "./types.ts";

/** A translated expression. */
export interface Expression {
  readonly sql: string;
  /** True of a condition (`a = 1`), which T-SQL takes only where it asks for one. */
  readonly condition: boolean;
}

const COMPARISONS: Readonly<Record<string, string>> = {
  "=": "=",
  "<>": "<>",
  "!=": "<>",
  "<": "<",
  ">": ">",
  "<=": "<=",
  ">=": ">=",
  "!<": ">=",
  "!>": "<=",
};

/** Reads an expression that must be a value. */
export function readValue(cursor: Cursor): string {
  return valueOf(readExpression(cursor));
}

/** Reads an expression that must be a condition. */
export function readCondition(cursor: Cursor): string {
  const read = readExpression(cursor);
  return conditionOf(cursor, read);
}

function conditionOf(cursor: Cursor, read: Expression): string {
  if (read.condition) return read.sql;
  const near = cursor.token.kind === "end" ? cursor.previous.text : cursor.token.text;
  throw new Raised(
    4145,
    `An expression of non-boolean type specified in a context where a condition is expected, near '${near}'.`,
    "compile",
    { severity: 15 },
  );
}

function valueOf(read: Expression): string {
  if (read.condition)
    throw new Raised(102, "Incorrect syntax near '='.", "compile", { severity: 15 });
  return read.sql;
}

/** Reads an expression of either kind. */
function readExpression(cursor: Cursor): Expression {
  return readChain(cursor, "OR", (inner) => readChain(inner, "AND", readNot));
}

function readChain(
  cursor: Cursor,
  word: "AND" | "OR",
  item: (cursor: Cursor) => Expression,
): Expression {
  const first = item(cursor);
  if (!cursor.isWord(word)) return first;
  const parts = [conditionOf(cursor, first)];
  while (cursor.accept(word)) parts.push(conditionOf(cursor, item(cursor)));
  return { sql: `(${parts.join(` ${word} `)})`, condition: true };
}

function readNot(cursor: Cursor): Expression {
  if (!cursor.accept("NOT")) return readPredicate(cursor);
  return { sql: `(NOT ${conditionOf(cursor, readNot(cursor))})`, condition: true };
}

function readPredicate(cursor: Cursor): Expression {
  const bare = isBareText(cursor);
  const left = readSum(cursor);
  const symbol = cursor.token.kind === "symbol" ? COMPARISONS[cursor.token.text] : undefined;
  if (symbol !== undefined) {
    const value = valueOf(left);
    cursor.next();
    // Without a column the database's collation counts, which has no case; a column brings its own.
    const collation = bare && isBareText(cursor) ? " COLLATE tsql.ci" : "";
    return condition(`${value} ${symbol} ${readCompared(cursor)}${collation}`);
  }
  if (cursor.isWord("IS")) return readIs(cursor, valueOf(left));
  const negated = cursor.isWord("NOT") && ["IN", "BETWEEN", "LIKE"].includes(cursor.ahead(1).upper);
  if (negated) cursor.next();
  if (!cursor.isWord("IN", "BETWEEN", "LIKE")) return left;
  return readMembership(cursor, valueOf(left), negated ? "NOT " : "");
}

/** Is a text or a variable of a character type next, and nothing after it that would be part of its expression? */
function isBareText(cursor: Cursor): boolean {
  const { kind, text } = cursor.token;
  if (
    cursor.ahead(1).upper === "COLLATE" ||
    ["+", "-", "*", "/", "%"].includes(cursor.ahead(1).text)
  )
    return false;
  if (kind === "string") return true;
  const type = kind === "variable" ? cursor.variables.get(text.toLowerCase()) : undefined;
  return typeof type === "object" && type !== null && isCharacter(type);
}

function condition(sql: string): Expression {
  return { sql: `(${sql})`, condition: true };
}

function readCompared(cursor: Cursor): string {
  for (const word of ["ALL", "ANY", "SOME"]) {
    if (cursor.accept(word))
      return `${word} (${cursor.inParentheses(() => cursor.grammar.query(cursor))})`;
  }
  return valueOf(readSum(cursor));
}

function readIs(cursor: Cursor, value: string): Expression {
  cursor.expect("IS");
  const not = cursor.accept("NOT") ? "NOT " : "";
  if (cursor.accept("NULL")) return condition(`${value} IS ${not}NULL`);
  cursor.expect("DISTINCT", "FROM");
  return condition(`${value} IS ${not}DISTINCT FROM ${valueOf(readSum(cursor))}`);
}

function readMembership(cursor: Cursor, value: string, not: string): Expression {
  if (cursor.accept("BETWEEN")) {
    const low = valueOf(readSum(cursor));
    cursor.expect("AND");
    return condition(`${value} ${not}BETWEEN ${low} AND ${valueOf(readSum(cursor))}`);
  }
  if (cursor.accept("LIKE")) return readLike(cursor, value, not);
  cursor.expect("IN");
  const inner = cursor.inParentheses(() =>
    cursor.isWord("SELECT")
      ? cursor.grammar.query(cursor)
      : cursor.list(() => readValue(cursor)).join(", "),
  );
  return condition(`${value} ${not}IN (${inner})`);
}

function readLike(cursor: Cursor, value: string, not: string): Expression {
  const pattern = cursor.token;
  const translated = valueOf(readSum(cursor));
  if (pattern.kind === "string" && pattern.text.includes("[")) {
    return condition(
      `(${value}) COLLATE "C" ${not === "" ? "" : "!"}~* ${regularExpression(pattern.text)}`,
    );
  }
  const escape = cursor.accept("ESCAPE") ? readSum(cursor).sql : "''";
  return condition(`${value} ${not}LIKE ${translated} ESCAPE ${escape}`);
}

/** A pattern with classes, which PostgreSQL's LIKE has not: `N'%[0-9]%'` becomes `'^.*[0-9].*$'`. */
function regularExpression(literal: string): string {
  const pattern = literal.replace(/^N?'|'$/g, "");
  const parts = pattern.match(/\[\^?[\w-]+\]|[^[]/g) ?? [];
  if (parts.join("") !== pattern) throw notInTheSet("this pattern of LIKE");
  const translated = parts.map((part) => {
    if (part === "%") return ".*";
    if (part === "_") return ".";
    return part.length > 1 ? part : part.replace(/[^\w\s]/, String.raw`\$&`);
  });
  return `'^${translated.join("")}$'`;
}

function readSum(cursor: Cursor): Expression {
  return readOperators(cursor, ["+", "-", "&", "|", "^"], readProduct);
}

function readProduct(cursor: Cursor): Expression {
  return readOperators(cursor, ["*", "/", "%"], readUnary);
}

function readOperators(
  cursor: Cursor,
  symbols: readonly string[],
  item: (cursor: Cursor) => Expression,
): Expression {
  const first = item(cursor);
  let sql = first.sql;
  let count = 0;
  while (cursor.token.kind === "symbol" && symbols.includes(cursor.token.text)) {
    if (count++ === 0) sql = valueOf(first);
    const symbol = cursor.next().text === "^" ? "#" : cursor.previous.text;
    sql = `(${sql} ${symbol} ${valueOf(item(cursor))})`;
  }
  return count === 0 ? first : { sql, condition: false };
}

function readUnary(cursor: Cursor): Expression {
  for (const symbol of ["-", "+", "~"]) {
    if (!cursor.acceptSymbol(symbol)) continue;
    const value = valueOf(readUnary(cursor));
    return { sql: symbol === "+" ? value : `(${symbol} ${value})`, condition: false };
  }
  const primary = readPrimary(cursor);
  if (!cursor.isWord("COLLATE")) return primary;
  const value = valueOf(primary);
  cursor.next();
  return { sql: `(${value} COLLATE ${collationOf(cursor.name())})`, condition: false };
}

function readPrimary(cursor: Cursor): Expression {
  if (cursor.isWord("EXISTS")) {
    cursor.next();
    return condition(`EXISTS (${cursor.inParentheses(() => cursor.grammar.query(cursor))})`);
  }
  if (!cursor.isSymbol("(")) return { sql: readOperand(cursor), condition: false };
  return cursor.inParentheses(() => {
    if (cursor.isWord("SELECT"))
      return { sql: `(${cursor.grammar.query(cursor)})`, condition: false };
    const inner = readExpression(cursor);
    return { ...inner, sql: `(${inner.sql})` };
  });
}

function readOperand(cursor: Cursor): string {
  const { kind, text } = cursor.token;
  if (kind === "variable") return readVariable(cursor);
  if (kind === "word" || kind === "name") return readWord(cursor);
  if (kind === "symbol" || kind === "end") return cursor.fail();
  cursor.next();
  if (kind === "string") return quoteText(text);
  if (kind === "number") return /e/i.test(text) ? `'${text}'::float8` : text;
  const digits = text.slice(2);
  return `'\\x${digits.length % 2 === 1 ? "0" : ""}${digits}'::bytea`;
}

const GLOBALS = new Set(["@@ROWCOUNT", "@@TRANCOUNT", "@@SPID", "@@VERSION", "@@ERROR"]);

function readVariable(cursor: Cursor): string {
  const { token } = cursor;
  if (!token.text.startsWith("@@")) return place(cursor.variable());
  if (!GLOBALS.has(token.upper)) throw notInTheSet(token.text);
  cursor.next();
  return place(token.upper);
}

function readWord(cursor: Cursor): string {
  if (cursor.accept("NULL")) return "NULL";
  if (cursor.accept("CASE")) return readCase(cursor);
  if (cursor.isWord("CAST", "TRY_CAST", "CONVERT", "TRY_CONVERT")) return readConversion(cursor);
  if (cursor.accept("CURRENT_TIMESTAMP")) return "tsql.getdate()";
  if (cursor.isSymbol("(", 1) && cursor.token.kind === "word") return readCall(cursor);
  return readColumn(cursor);
}

/** A column by its name, with or without the table's. */
export function readColumn(cursor: Cursor): string {
  const parts = [quoteName(cursor.name())];
  while (cursor.acceptSymbol(".")) parts.push(quoteName(cursor.name()));
  return parts.join(".");
}

function readCase(cursor: Cursor): string {
  const subject = cursor.isWord("WHEN") ? "" : ` ${readValue(cursor)}`;
  const parts = [`CASE${subject}`];
  if (!cursor.isWord("WHEN")) cursor.fail();
  while (cursor.accept("WHEN")) {
    const when = subject === "" ? readCondition(cursor) : readValue(cursor);
    cursor.expect("THEN");
    parts.push(`WHEN ${when} THEN ${readValue(cursor)}`);
  }
  if (cursor.accept("ELSE")) parts.push(`ELSE ${readValue(cursor)}`);
  cursor.expect("END");
  return `(${parts.join(" ")} END)`;
}

function readConversion(cursor: Cursor): string {
  const word = cursor.next().upper;
  const tries = word.startsWith("TRY_");
  return cursor.inParentheses(() => {
    if (word.endsWith("CAST")) {
      const value = readValue(cursor);
      cursor.expect("AS");
      return convertTo(readType(cursor, 30), value, { tries });
    }
    const type = readType(cursor, 30);
    cursor.expectSymbol(",");
    const value = readValue(cursor);
    const style = cursor.acceptSymbol(",") ? readValue(cursor) : null;
    return convertTo(type, value, { tries, style });
  });
}
