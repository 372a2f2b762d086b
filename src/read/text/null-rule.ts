/**
 * Which texts are NULL: `--null`, `--empty` and `--keep-empty`, for both CSV fields and JSON strings.
 * What a text means otherwise is left to the target.
 */
import { unescaped } from "../../model/json-escapes.ts";
import type { ReadOptions } from "../source.ts";

/** NULL or not, by field. */
export class NullRule {
  readonly #tokens: ReadonlySet<string>;
  readonly #keep: ReadonlySet<string>;
  readonly #empty: ReadOptions["empty"];
  #emptyValues: readonly (string | null)[] = [];
  #quotedEmptyValues: readonly (string | null)[] = [];

  constructor(options: Pick<ReadOptions, "nullTokens" | "keepEmpty" | "empty">) {
    this.#tokens = new Set(options.nullTokens);
    this.#keep = new Set(options.keepEmpty);
    this.#empty = options.empty;
  }

  /** Prepares `apply` for records with these fields. */
  prepare(fields: readonly string[]): void {
    const unquoted = this.#empty === "string" && !this.#tokens.has("") ? "" : null;
    const quoted = this.#empty === "null" ? null : "";
    this.#emptyValues = fields.map((field) => (this.#keep.has(field) ? "" : unquoted));
    this.#quotedEmptyValues = fields.map((field) => (this.#keep.has(field) ? "" : quoted));
  }

  /** Replaces what is NULL among the values of one CSV record; `quoted` names its quoted fields. */
  apply(values: (string | null)[], quoted: readonly number[] | null): void {
    const hasTokens = this.#tokens.size > 0;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      if (value === undefined || value === null) continue;
      if (value !== "" && !hasTokens) continue;
      const isQuoted = quoted !== null && quoted.includes(index);
      if (value === "") {
        const from = isQuoted ? this.#quotedEmptyValues : this.#emptyValues;
        values[index] = from[index] ?? null;
      } else if (!isQuoted && this.#tokens.has(value)) values[index] = null;
    }
  }

  /** The value of a JSON string: only what was asked for is NULL. */
  ofString(field: string, value: string): string | null {
    if (value !== "") return this.#tokens.has(value) ? null : value;
    if (this.#keep.has(field)) return value;
    return this.#empty === "null" || this.#tokens.has(value) ? null : value;
  }
}

/** The tokens that are not empty, as bytes. What is no text, as half of a surrogate pair is, equals no bytes. */
function tokenBytes(tokens: readonly string[]): readonly Buffer[] {
  return tokens
    .filter((token) => token !== "" && token.isWellFormed())
    .map((token) => Buffer.from(token));
}

function isToken(tokens: readonly Buffer[], bytes: Buffer, start: number, end: number): boolean {
  for (const token of tokens) {
    if (token.length === end - start && token.compare(bytes, start, end) === 0) return true;
  }
  return false;
}

/** The same rule for packed JSON strings that are not empty. */
export class NullStrings {
  readonly #tokens: readonly Buffer[];

  constructor({ nullTokens }: Pick<ReadOptions, "nullTokens">) {
    this.#tokens = tokenBytes(nullTokens);
  }

  /** Whether the string whose inside is from `start` to `end` is NULL. */
  isNull(bytes: Buffer, start: number, end: number, escaped: boolean): boolean {
    if (this.#tokens.length === 0) return false;
    if (!escaped) return isToken(this.#tokens, bytes, start, end);
    const plain = unescaped(bytes, start, end);
    return isToken(this.#tokens, plain, 0, plain.length);
  }
}

/** The same rule for the fields of packed CSV records, by their bytes. */
export class NullBytes {
  readonly #tokens: readonly Buffer[];
  readonly #empty: Uint8Array;
  readonly #quotedEmpty: Uint8Array;

  constructor(
    options: Pick<ReadOptions, "nullTokens" | "keepEmpty" | "empty">,
    fields: readonly string[],
  ) {
    const rule = new NullRule(options);
    rule.prepare(fields);
    const blank = (quoted: readonly number[] | null): (string | null)[] => {
      const values: (string | null)[] = fields.map(() => "");
      rule.apply(values, quoted);
      return values;
    };
    this.#empty = nullsOf(blank(null));
    this.#quotedEmpty = nullsOf(blank([...fields.keys()]));
    this.#tokens = tokenBytes(options.nullTokens);
  }

  /** Whether the unquoted field from `start` to `end` is NULL. */
  isNull(bytes: Buffer, start: number, end: number, field: number): boolean {
    if (start === end) return this.#empty[field] === 1;
    return this.#tokens.length > 0 && isToken(this.#tokens, bytes, start, end);
  }

  /** Whether a quoted field with nothing in it is NULL. */
  quotedEmpty(field: number): boolean {
    return this.#quotedEmpty[field] === 1;
  }
}

/** 1 where a value is NULL. */
function nullsOf(values: readonly (string | null)[]): Uint8Array {
  return Uint8Array.from(values, (value) => (value === null ? 1 : 0));
}
