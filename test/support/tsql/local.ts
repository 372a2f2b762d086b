/**
 * Computes the simple expressions of control flow (`@n = 0`, `@n + @@ROWCOUNT`, `@next IS NULL`) without asking PostgreSQL.
 * Whatever is not simple answers with null, and PostgreSQL computes it.
 */
import type { Token } from "./tokens.ts";
import type { VariableType } from "./cursor.ts";
import type { Local } from "./statement.ts";

const INTEGERS = new Set(["int", "bigint", "smallint", "tinyint"]);
const NUMBERS = new Set(["@@ROWCOUNT", "@@TRANCOUNT", "@@ERROR"]);
const CALLS = new Set(["XACT_STATE", "ERROR_NUMBER"]);

/** Thrown inside only: the expression is not simple. */
class NotSimple extends Error {}

/** The function that computes the tokens, or null. */
export function localOf(
  tokens: readonly Token[],
  variables: ReadonlyMap<string, VariableType>,
): Local | null {
  const reader = new Reader(tokens, variables);
  try {
    return reader.whole();
  } catch (error) {
    if (error instanceof NotSimple) return null;
    throw error;
  }
}

type Value = ReturnType<Local>;

class Reader {
  #at = 0;
  readonly #tokens: readonly Token[];
  readonly #variables: ReadonlyMap<string, VariableType>;

  constructor(tokens: readonly Token[], variables: ReadonlyMap<string, VariableType>) {
    this.#tokens = tokens;
    this.#variables = variables;
  }

  whole(): Local {
    const [only] = this.#tokens;
    if (this.#tokens.length === 1 && only?.kind === "string") return () => only.text;
    const value = this.chain("OR", () => this.chain("AND", () => this.comparison()));
    if (this.#at < this.#tokens.length) throw new NotSimple();
    return value;
  }

  private take(...texts: readonly string[]): string | null {
    const token = this.#tokens[this.#at];
    if (
      token === undefined ||
      !["word", "symbol"].includes(token.kind) ||
      !texts.includes(token.upper)
    )
      return null;
    this.#at++;
    return token.upper;
  }

  private chain(word: string, item: () => Local): Local {
    let left = item();
    while (this.take(word) !== null) {
      const first = left;
      const second = item();
      left = (place) => combine(word, first(place), second(place));
    }
    return left;
  }

  private comparison(): Local {
    const left = this.sum();
    if (this.take("IS") !== null) {
      const not = this.take("NOT") !== null;
      if (this.take("NULL") === null) throw new NotSimple();
      return (place) => (left(place) === null) !== not;
    }
    const symbol = this.take("=", "<>", "<", ">", "<=", ">=");
    if (symbol === null) return left;
    const right = this.sum();
    return (place) => compare(symbol, left(place), right(place));
  }

  private sum(): Local {
    let left = this.operand();
    for (let symbol = this.take("+", "-"); symbol !== null; symbol = this.take("+", "-")) {
      const first = left;
      const second = this.operand();
      const sign = symbol === "+" ? 1n : -1n;
      left = (place) => add(first(place), second(place), sign);
    }
    return left;
  }

  private operand(): Local {
    const negative = this.take("-") !== null;
    const token = this.#tokens[this.#at++];
    if (token?.kind === "number" && /^\d{1,9}$/.test(token.text)) {
      const number = BigInt(token.text) * (negative ? -1n : 1n);
      return () => number;
    }
    if (negative || token === undefined) throw new NotSimple();
    if (token.kind === "word" && token.upper === "NULL") return () => null;
    if (token.kind === "word" && CALLS.has(token.upper)) return this.call(token.upper);
    if (token.kind === "variable") return this.variable(token);
    throw new NotSimple();
  }

  private call(name: string): Local {
    if (this.take("(") === null || this.take(")") === null) throw new NotSimple();
    return (place) => asInteger(place(name));
  }

  private variable(token: Token): Local {
    const type = this.#variables.get(token.text.toLowerCase());
    const declared = typeof type === "object" && type !== null && INTEGERS.has(type.name);
    if (!declared && !NUMBERS.has(token.upper)) {
      if (this.#tokens[this.#at]?.upper !== "IS" || type === "table" || type === undefined)
        throw new NotSimple();
      return (place) => place(token.text.toLowerCase());
    }
    const name = declared ? token.text.toLowerCase() : token.upper;
    return (place) => asInteger(place(name));
  }
}

function asInteger(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}

function combine(word: string, left: Value, right: Value): Value {
  const decisive = word === "OR";
  if (left === decisive || right === decisive) return decisive;
  return left === null || right === null ? null : !decisive;
}

function compare(symbol: string, left: Value, right: Value): Value {
  if (typeof left !== "bigint" || typeof right !== "bigint") return null;
  switch (symbol) {
    case "=":
      return left === right;
    case "<>":
      return left !== right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "<=":
      return left <= right;
    default:
      return left >= right;
  }
}

function add(left: Value, right: Value, sign: bigint): Value {
  if (typeof left !== "bigint" || typeof right !== "bigint") return null;
  return left + right * sign;
}
