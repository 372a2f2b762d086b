/**
 * Goes over JSON values in bytes: strings, numbers, words, and what is nested. Accepts only what `json-text.ts` accepts,
 * and less: what it leaves is decided there. That the bytes are UTF-8 is not looked at here.
 */
import { hexAt, isHighSurrogate, isLowSurrogate } from "../model/json-escapes.ts";

/** In the place of a place: the value, or what follows it, is out of the ordinary. */
export const IRREGULAR = -1;
/** In the place of a place: the bytes end before the value does. */
export const MORE = -2;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN = 0x7b;
export const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** Values nested more than this are left to the careful lane, far below its own limit. */
const MAX_DEPTH = 32;

/** Bytes that do not stand for themselves in a string. */
const IN_STRING = new Uint8Array(256).fill(1, 0, 0x20);
IN_STRING[QUOTE] = 1;
IN_STRING[BACKSLASH] = 1;

/** Letters that may follow a backslash, `u` aside. */
const AFTER_BACKSLASH = new Uint8Array(256);
for (const char of '"\\/bfnrt') AFTER_BACKSLASH[char.charCodeAt(0)] = 1;

const WORDS = new Map(
  ["true", "false", "null"].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

/** Methods take the place where something begins and give the place after it, or `IRREGULAR` or `MORE`. */
export class JsonScan {
  /** Whether the string gone over last has escapes. */
  escaped = false;

  /** The next byte that is not white space; an end of line is none here. */
  blank(bytes: Buffer, at: number): number {
    let place = at;
    while (bytes[place] === 0x20 || bytes[place] === 0x09 || bytes[place] === 0x0d) place += 1;
    return place;
  }

  /** Goes over the string whose opening quote is at `at`. */
  string(bytes: Buffer, at: number): number {
    const { length } = bytes;
    this.escaped = false;
    let place = at + 1;
    for (;;) {
      while (place < length && (IN_STRING[bytes[place] as number] as number) === 0) place += 1;
      if (place >= length) return MORE;
      const byte = bytes[place];
      if (byte === QUOTE) return place + 1;
      if (byte !== BACKSLASH) return IRREGULAR;
      this.escaped = true;
      place = escape(bytes, place);
      if (place < 0) return place;
    }
  }

  /** Goes over a number. What follows it is not looked at, so `MORE` may go unnoticed at the end of the bytes. */
  number(bytes: Buffer, at: number): number {
    let place = bytes[at] === MINUS ? at + 1 : at;
    if (bytes[place] === ZERO) place += 1;
    else {
      place = digits(bytes, place);
      if (place < 0) return place;
    }
    if (bytes[place] === DOT) {
      place = digits(bytes, place + 1);
      if (place < 0) return place;
    }
    const byte = bytes[place];
    if (byte !== 0x65 && byte !== 0x45) return place;
    const sign = bytes[place + 1];
    return digits(bytes, sign === PLUS || sign === MINUS ? place + 2 : place + 1);
  }

  /** Goes over `true`, `false` or `null`. */
  word(bytes: Buffer, at: number): number {
    const word = WORDS.get(bytes[at] ?? 0);
    if (word === undefined) return at < bytes.length ? IRREGULAR : MORE;
    const end = at + word.length;
    if (end > bytes.length) return MORE;
    for (let index = 1; index < word.length; index += 1) {
      if (bytes[at + index] !== word[index]) return IRREGULAR;
    }
    return end;
  }

  /** Goes over any value; `depth` is that of what it stands in. */
  value(bytes: Buffer, at: number, depth = 0): number {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return this.string(bytes, at);
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return this.number(bytes, at);
    if (byte !== OPEN && byte !== OPEN_LIST) return this.word(bytes, at);
    if (depth === MAX_DEPTH) return IRREGULAR;
    return this.#nested(bytes, at, depth + 1);
  }

  #nested(bytes: Buffer, at: number, depth: number): number {
    const isObject = bytes[at] === OPEN;
    const close = isObject ? CLOSE : CLOSE_LIST;
    let place = this.blank(bytes, at + 1);
    if (bytes[place] === close) return place + 1;
    for (;;) {
      if (isObject) {
        place = this.name(bytes, place);
        if (place < 0) return place;
      }
      place = this.value(bytes, place, depth);
      if (place < 0) return place;
      place = this.blank(bytes, place);
      if (bytes[place] === close) return place + 1;
      if (bytes[place] !== COMMA) return place < bytes.length ? IRREGULAR : MORE;
      place = this.blank(bytes, place + 1);
    }
  }

  /** Goes over a name, the colon and the white space between it and the value. */
  name(bytes: Buffer, at: number): number {
    if (bytes[at] !== QUOTE) return at < bytes.length ? IRREGULAR : MORE;
    const end = this.string(bytes, at);
    return end < 0 ? end : this.colon(bytes, end);
  }

  /** Goes over a colon and the white space around it. */
  colon(bytes: Buffer, at: number): number {
    const colon = this.blank(bytes, at);
    if (bytes[colon] !== COLON) return colon < bytes.length ? IRREGULAR : MORE;
    return this.blank(bytes, colon + 1);
  }
}

/** Goes over the escape whose backslash is at `at`; U+0000 and half a surrogate pair are out of the ordinary. */
function escape(bytes: Buffer, at: number): number {
  const { length } = bytes;
  if (at + 1 >= length) return MORE;
  const letter = bytes[at + 1] as number;
  if (letter !== LOWER_U) return AFTER_BACKSLASH[letter] === 1 ? at + 2 : IRREGULAR;
  if (at + 6 > length) return MORE;
  const code = hexAt(bytes, at + 2);
  if (code <= 0 || isLowSurrogate(code)) return IRREGULAR;
  if (!isHighSurrogate(code)) return at + 6;
  if (at + 12 > length) return MORE;
  const pairs = bytes[at + 6] === BACKSLASH && bytes[at + 7] === LOWER_U;
  return pairs && isLowSurrogate(hexAt(bytes, at + 8)) ? at + 12 : IRREGULAR;
}

/** Goes over one digit or more. */
function digits(bytes: Buffer, at: number): number {
  let place = at;
  for (;;) {
    const byte = bytes[place] ?? 0;
    if (byte < ZERO || byte > NINE) break;
    place += 1;
  }
  if (place > at) return place;
  return place < bytes.length ? IRREGULAR : MORE;
}
