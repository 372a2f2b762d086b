/** A place in a list of tokens: looking ahead, taking what is expected, and SQL Server's syntax errors. */
import { Raised } from "./raised.ts";
import { isReserved } from "./reserved.ts";
import type { Statement } from "./statement.ts";
import { type Token, tokenize } from "./tokens.ts";
import type { TsqlType } from "./types.ts";

/** What a variable was declared as; null for a parameter, whose type nobody says. */
export type VariableType = TsqlType | "table" | null;

/** The readers that need each other in a circle; they find each other here. */
export interface Grammar {
  value(cursor: Cursor): string;
  condition(cursor: Cursor): string;
  query(cursor: Cursor): string;
  statement(cursor: Cursor): Statement;
}

/** Walks over the tokens of a batch. */
export class Cursor {
  readonly sql: string;
  /** Declared so far, by name in lower case. */
  readonly variables: Map<string, VariableType>;
  /** The readers of the parts that any statement may have. */
  readonly grammar: Grammar;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(sql: string, variables: Map<string, VariableType>, grammar: Grammar) {
    this.sql = sql;
    this.#tokens = tokenize(sql);
    this.variables = variables;
    this.grammar = grammar;
  }

  get index(): number {
    return this.#index;
  }

  get token(): Token {
    return this.ahead(0);
  }

  /** The token that was taken last. */
  get previous(): Token {
    return this.ahead(-1);
  }

  ahead(count: number): Token {
    const token = this.#tokens[Math.min(this.#index + count, this.#tokens.length - 1)];
    if (token === undefined) throw new Error("a cursor before its first token");
    return token;
  }

  slice(from: number): readonly Token[] {
    return this.#tokens.slice(from, this.#index);
  }

  next(): Token {
    const { token } = this;
    if (token.kind !== "end") this.#index++;
    return token;
  }

  isWord(...words: readonly string[]): boolean {
    return this.token.kind === "word" && words.includes(this.token.upper);
  }

  /** Are these words next, in this order? */
  areWords(...words: readonly string[]): boolean {
    return words.every((word, place) => {
      const token = this.ahead(place);
      return token.kind === "word" && token.upper === word;
    });
  }

  accept(...words: readonly string[]): boolean {
    if (!this.areWords(...words)) return false;
    this.#index += words.length;
    return true;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.accept(word)) this.fail();
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.ahead(ahead);
    return token.kind === "symbol" && token.text === symbol;
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#index++;
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) this.fail();
  }

  /** Is a name next: a quoted one, or a word that is not reserved? */
  isName(ahead = 0): boolean {
    const token = this.ahead(ahead);
    return token.kind === "name" || (token.kind === "word" && !isReserved(token.upper));
  }

  name(): string {
    if (!this.isName()) this.fail();
    return this.next().text;
  }

  /** What a parser makes of each item of a list with commas. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.acceptSymbol(",")) items.push(item());
    return items;
  }

  inParentheses<T>(inner: () => T): T {
    this.expectSymbol("(");
    const value = inner();
    this.expectSymbol(")");
    return value;
  }

  /** The variable that is next; an unknown one is an error. */
  variable(): string {
    if (this.token.kind !== "variable" || this.token.text.startsWith("@@")) this.fail();
    const name = this.next().text.toLowerCase();
    if (!this.variables.has(name)) {
      throw new Raised(
        137,
        `Must declare the scalar variable "${this.previous.text}".`,
        "compile",
        { severity: 15 },
      );
    }
    return name;
  }

  /** The text from a token to the one that was taken last. */
  textFrom(start: Token): string {
    return this.sql.slice(start.start, this.previous.end);
  }

  fail(): never {
    const { kind, text, upper } = this.token;
    const options = { severity: 15 };
    if (kind === "word" && isReserved(upper)) {
      throw new Raised(156, `Incorrect syntax near the keyword '${text}'.`, "compile", options);
    }
    const near = kind === "end" ? this.previousText() : text;
    throw new Raised(102, `Incorrect syntax near '${near}'.`, "compile", options);
  }

  private previousText(): string {
    return this.#index === 0 ? "" : this.previous.text;
  }
}
