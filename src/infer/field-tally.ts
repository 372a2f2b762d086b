/**
 * All values of one field, as they are seen: what they look like is found on their bytes. Once a text is among them the
 * column is one of text, unless there are objects: then only lengths are looked at.
 */
import { CLASS_BITS } from "../model/column-facts.ts";
import type { ColumnFacts } from "../model/column-facts.ts";
import { KIND_BITS } from "../model/packed.ts";
import { holdsHugeNumber, isHugeNumber, isLongNumber } from "./json-numbers.ts";
import { NumberTally } from "./number-tally.ts";
import { DATE_SPELLING, fractionOf, hasOffset, NO_TIME, timeSpelling } from "./times.ts";
import { isBoolean, NO_UUID, utf16Length, uuidCases, UUID_LENGTH } from "./words.ts";

const { text: TEXT, boolean: BOOLEAN, date: DATE, timestamp: TIMESTAMP } = CLASS_BITS;
const { timestamptz: TIMESTAMPTZ, uuid: UUID, json: JSON_CLASS } = CLASS_BITS;

const DASH = 0x2d;

/** In the place of a `KIND_BITS`: a field of a CSV, which may be a number as well. */
export const CSV_FIELD = 0;

/** Sees the values of one field. */
export class FieldTally {
  #values = 0;
  #nulls = 0;
  #classes = 0;
  #plainText = false;
  readonly #numbers = new NumberTally();
  #spelling = NO_TIME;
  #fraction = 0;
  #lacksSeconds = false;
  #mixed = false;
  #cases = 0;
  #huge = false;
  #units = 0;
  #bytes = 0;

  /** Counts so many NULLs. */
  seeNulls(count: number): void {
    this.#nulls += count;
  }

  /** Sees a value of this kind, its escapes resolved. */
  see(kind: number, bytes: Uint8Array, start: number, end: number): void {
    this.#values += 1;
    if (end - start > this.#units) this.#measure(bytes, start, end);
    if (kind === CSV_FIELD) {
      this.#plainText = true;
      if ((this.#classes & TEXT) === 0) this.#classes |= this.#classOfField(bytes, start, end);
    } else if (kind === KIND_BITS.text) {
      if ((this.#classes & TEXT) === 0) this.#classes |= this.#classOfString(bytes, start, end);
    } else if (kind === KIND_BITS.number) {
      if ((this.#classes & TEXT) === 0) this.#classes |= this.#classOfNumber(bytes, start, end);
      else this.#huge ||= isHugeNumber(bytes, start, end);
    } else if (kind === KIND_BITS.boolean) {
      if ((this.#classes & TEXT) === 0) this.#classes |= BOOLEAN;
    } else {
      this.#huge ||= holdsHugeNumber(bytes, start, end);
      this.#classes |= JSON_CLASS;
    }
  }

  /** Sees a text that is nothing else, whatever it looks like. */
  seeText(kind: number, bytes: Uint8Array): void {
    this.#values += 1;
    if (bytes.length > this.#units) this.#measure(bytes, 0, bytes.length);
    if (kind === CSV_FIELD) this.#plainText = true;
    this.#classes |= TEXT;
  }

  /**
   * Sees a text of so many bytes, or fewer, without looking at it; false where it must be looked at. `kind` is that of
   * a text.
   */
  seeUnread(kind: number, most: number): boolean {
    if ((this.#classes & TEXT) === 0 || most > this.#units) return false;
    this.#values += 1;
    if (kind === CSV_FIELD) this.#plainText = true;
    return true;
  }

  /** What was seen. */
  facts(): ColumnFacts {
    return {
      values: this.#values,
      nulls: this.#nulls,
      classes: this.#classes,
      plainText: this.#plainText,
      numbers: this.#numbers.facts(),
      times: {
        fraction: this.#fraction,
        lacksSeconds: this.#lacksSeconds,
        mixed: this.#mixed,
        spelling: this.#spelling,
      },
      uuidCases: this.#cases,
      hugeJsonNumber: this.#huge,
      longestUnits: this.#units,
      longestBytes: this.#bytes,
    };
  }

  #measure(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > this.#bytes) this.#bytes = end - start;
    const units = utf16Length(bytes, start, end);
    if (units > this.#units) this.#units = units;
  }

  #classOfField(bytes: Uint8Array, start: number, end: number): number {
    const plain = this.#numbers.see(bytes, start, end);
    if (plain !== 0) return plain;
    return isBoolean(bytes, start, end) ? BOOLEAN : this.#classOfString(bytes, start, end);
  }

  /** Of a JSON number. */
  #classOfNumber(bytes: Uint8Array, start: number, end: number): number {
    const plain = this.#numbers.see(bytes, start, end);
    this.#huge ||= plain === 0 ? isHugeNumber(bytes, start, end) : isLongNumber(start, end);
    return plain === 0 ? this.#numbers.seeExponent(bytes, start, end) : plain;
  }

  #classOfString(bytes: Uint8Array, start: number, end: number): number {
    if (end - start === UUID_LENGTH && bytes[start + 8] === DASH) {
      const cases = uuidCases(bytes, start);
      if (cases === NO_UUID) return TEXT;
      this.#cases |= cases;
      return UUID;
    }
    const spelling = timeSpelling(bytes, start, end);
    if (spelling === NO_TIME) return TEXT;
    if (spelling === DATE_SPELLING) return DATE;
    if (spelling !== this.#spelling) this.#seeSpelling(spelling);
    return hasOffset(spelling) ? TIMESTAMPTZ : TIMESTAMP;
  }

  #seeSpelling(spelling: number): void {
    this.#mixed ||= this.#spelling !== NO_TIME;
    this.#spelling = spelling;
    const fraction = fractionOf(spelling);
    if (fraction < 0) this.#lacksSeconds = true;
    if (fraction > this.#fraction) this.#fraction = fraction;
  }
}
