/**
 * Which texts are NULL: `--null`, `--null-in`, `--empty` and `--keep-empty`, for both CSV fields and JSON strings; and of which
 * fields an empty text counts as absent. What a text means otherwise is left to the target.
 */
import { unescaped } from "../../model/json/json-escapes.ts";
import { resolved } from "../../model/packed.ts";
import type { ReadOptions } from "../source.ts";

/** What the flags say of NULL. */
export type NullOptions = Pick<
  ReadOptions,
  "nullTokens" | "nullIn" | "nullQuoted" | "keepEmpty" | "empty" | "defaultOnEmpty"
>;

/** The options for records in records: what flags say of single fields is about those of the record itself. */
export function nestedOptions(options: NullOptions): NullOptions {
  return { ...options, nullIn: null, keepEmpty: [], defaultOnEmpty: null };
}

/** NULL or not, by field. */
export class NullRule {
  readonly #tokens: ReadonlySet<string>;
  readonly #tokensIn = new Map<string, Set<string>>();
  readonly #keep: ReadonlySet<string>;
  readonly #absent: ReadonlySet<string>;
  readonly #empty: ReadOptions["empty"];
  readonly #takesQuoted: boolean;
  #emptyValues: readonly (string | null)[] = [];
  #quotedEmptyValues: readonly (string | null)[] = [];
  /** Of each field: the tokens that are its own. */
  #own: readonly (ReadonlySet<string> | undefined)[] = [];

  constructor(options: NullOptions) {
    this.#tokens = new Set(options.nullTokens);
    this.#keep = new Set(options.keepEmpty);
    this.#absent = new Set(options.defaultOnEmpty);
    this.#empty = options.empty;
    this.#takesQuoted = options.nullQuoted === true;
    for (const { field, token } of options.nullIn ?? []) {
      const tokens = this.#tokensIn.get(field) ?? new Set();
      this.#tokensIn.set(field, tokens.add(token));
    }
  }

  /** Prepares `apply` for records with these fields. */
  prepare(fields: readonly string[]): void {
    this.#own = fields.map((field) => this.#tokensIn.get(field));
    this.#emptyValues = fields.map((field) => this.#emptyValue(field, false));
    this.#quotedEmptyValues = fields.map((field) => this.#emptyValue(field, true));
  }

  /** What an empty CSV field is. */
  #emptyValue(field: string, isQuoted: boolean): string | null {
    if (this.#keep.has(field)) return "";
    const isToken = (!isQuoted || this.#takesQuoted) && this.#isToken(field, "");
    if (isToken || this.#empty === "null") return null;
    return isQuoted || this.#empty === "string" ? "" : null;
  }

  #isToken(field: string, text: string): boolean {
    return this.#tokens.has(text) || this.#tokensIn.get(field)?.has(text) === true;
  }

  /** An empty value of this field counts as absent. */
  isAbsentWhenEmpty(field: string): boolean {
    return this.#absent.has(field);
  }

  /** Whether a field may be absent for being empty. */
  get makesAbsent(): boolean {
    return this.#absent.size > 0;
  }

  /** Replaces what is NULL among the values of one CSV record; `quoted` names its quoted fields. */
  apply(values: (string | null)[], quoted: readonly number[] | null): void {
    const hasTokens = this.#tokens.size + this.#tokensIn.size > 0;
    const inQuotes = new Set(quoted);
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      if (value === undefined || value === null) continue;
      if (value !== "" && !hasTokens) continue;
      const isQuoted = inQuotes.has(index);
      if (value === "") {
        const from = isQuoted ? this.#quotedEmptyValues : this.#emptyValues;
        values[index] = from[index] ?? null;
      } else if (isQuoted && !this.#takesQuoted) continue;
      else if (this.#tokens.has(value) || this.#own[index]?.has(value) === true) {
        values[index] = null;
      }
    }
  }

  /** The value of a JSON string: only what was asked for is NULL. */
  ofString(field: string, value: string): string | null {
    if (value !== "") return this.#isToken(field, value) ? null : value;
    if (this.#keep.has(field)) return value;
    return this.#empty === "null" || this.#isToken(field, value) ? null : value;
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

/** The tokens of each field, its own among them. */
function tokensOf({ nullTokens, nullIn }: NullOptions, field: string): readonly Buffer[] {
  const own = (nullIn ?? []).filter((each) => each.field === field).map(({ token }) => token);
  return tokenBytes([...nullTokens, ...own]);
}

/** The same rule for packed JSON strings that are not empty. */
export class NullStrings {
  readonly #tokens: readonly (readonly Buffer[])[];
  /** A text that is not empty may be a token. */
  readonly hasTokens: boolean;

  constructor(options: NullOptions, fields: readonly string[]) {
    this.#tokens = fields.map((field) => tokensOf(options, field));
    this.hasTokens = this.#tokens.some(({ length }) => length > 0);
  }

  /** Whether the string whose inside is from `start` to `end`, in this field, is NULL. */
  isNull(
    bytes: Buffer,
    {
      start,
      end,
      escaped,
    }: { readonly start: number; readonly end: number; readonly escaped: boolean },
    field: number,
  ): boolean {
    const tokens = this.#tokens[field] ?? [];
    if (!escaped) return isToken(tokens, bytes, start, end);
    const plain = unescaped(bytes, start, end);
    return isToken(tokens, plain, 0, plain.length);
  }
}

/** The same rule for the fields of packed CSV records, by their bytes. */
export class NullBytes {
  readonly #tokens: readonly (readonly Buffer[])[];
  readonly #hasTokens: boolean;
  /** Quoted fields may be tokens. */
  readonly takesQuoted: boolean;
  readonly #empty: Uint8Array;
  readonly #quotedEmpty: Uint8Array;
  readonly #absent: Uint8Array;

  constructor(options: NullOptions, fields: readonly string[]) {
    const rule = new NullRule(options);
    rule.prepare(fields);
    const blank = (quoted: readonly number[] | null): (string | null)[] => {
      const values: (string | null)[] = fields.map(() => "");
      rule.apply(values, quoted);
      return values;
    };
    this.#empty = nullsOf(blank(null));
    this.#quotedEmpty = nullsOf(blank([...fields.keys()]));
    this.#absent = Uint8Array.from(fields, (field) => (rule.isAbsentWhenEmpty(field) ? 1 : 0));
    this.#tokens = fields.map((field) => tokensOf(options, field));
    this.#hasTokens = this.#tokens.some(({ length }) => length > 0);
    this.takesQuoted = options.nullQuoted === true && this.#hasTokens;
  }

  /** Whether an empty value of the field makes a record that lacks it. */
  isAbsentWhenEmpty(field: number): boolean {
    return this.#absent[field] === 1;
  }

  /** Whether the unquoted field from `start` to `end` is NULL. */
  isNull(bytes: Buffer, start: number, end: number, field: number): boolean {
    if (start === end) return this.#empty[field] === 1;
    return this.#hasTokens && isToken(this.#tokens[field] ?? [], bytes, start, end);
  }

  /** Whether a quoted field with nothing in it is NULL. */
  quotedEmpty(field: number): boolean {
    return this.#quotedEmpty[field] === 1;
  }

  /** Whether the inside of a quoted field, which is not empty, is NULL; `quote`: it is doubled in there. */
  isQuotedNull(
    bytes: Buffer,
    {
      start,
      end,
      quote,
    }: { readonly start: number; readonly end: number; readonly quote: number | null },
    field: number,
  ): boolean {
    if (!this.takesQuoted) return false;
    const tokens = this.#tokens[field] ?? [];
    if (quote === null) return isToken(tokens, bytes, start, end);
    const plain = resolved({ bytes, quote }, start, end);
    return isToken(tokens, plain, 0, plain.length);
  }
}

/** 1 where a value is NULL. */
function nullsOf(values: readonly (string | null)[]): Uint8Array {
  return Uint8Array.from(values, (value) => (value === null ? 1 : 0));
}
