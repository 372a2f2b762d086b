/**
 * Goes over JSON values in bytes: strings, numbers, words, and what is nested. Accepts only what `text.ts` accepts,
 * and less: what it leaves is decided there. That the bytes are UTF-8 is not looked at here.
 */
import { hexAt, isHighSurrogate, isLowSurrogate } from "../../model/json/json-escapes.ts";

/** In the place of a place: the value, or what follows it, is out of the ordinary. */
export const IRREGULAR = -1;
/** In the place of a place: the bytes end before the value does. */
export const MORE = -2;

/** `"` */
export const QUOTE = 0x22;
/** `,` */
export const COMMA = 0x2c;
const COLON = 0x3a;
/** `{` */
export const OPEN = 0x7b;
/** `}` */
export const CLOSE = 0x7d;
/** `[` */
export const OPEN_LIST = 0x5b;
/** `]` */
export const CLOSE_LIST = 0x5d;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** Values nested more than this are left to the slow path, far below its own limit. */
const MAX_DEPTH = 32;

/** Bytes that do not stand for themselves in a string. */
const IN_STRING = new Uint8Array(256).fill(1, 0, 0x20);
IN_STRING[QUOTE] = 1;
IN_STRING[BACKSLASH] = 1;

const DIGITS = new Uint8Array(256).fill(1, ZERO, NINE + 1);

/** Letters that may follow a backslash, `u` aside. */
const AFTER_BACKSLASH = new Uint8Array(256);
for (const char of '"\\/bfnrt') AFTER_BACKSLASH[char.charCodeAt(0)] = 1;

const WORDS = new Map(
  ["true", "false", "null"].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

/** Methods take the place where something begins and give the place after it, or `IRREGULAR` or `MORE`. */
export class JsonScan {
  /** What is gone over. */
  bytes: Buffer = Buffer.alloc(0);
  /** The same bytes, for looking at four of them at once. */
  view = new DataView(this.bytes.buffer, 0, 0);
  /** Whether the string gone over last has escapes. */
  escaped = false;

  /** Goes over `bytes` from now on. */
  over(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The next byte that is not white space; an end of line is none here. */
  blank(at: number): number {
    const { bytes } = this;
    let place = at;
    while (bytes[place] === 0x20 || bytes[place] === 0x09 || bytes[place] === 0x0d) place += 1;
    return place;
  }

  /** Goes over the string whose opening quote is at `at`. */
  string(at: number): number {
    const { bytes, view } = this;
    const { length } = bytes;
    this.escaped = false;
    let place = at + 1;
    for (;;) {
      while (place + 4 <= length && isPlain(view.getInt32(place, true))) place += 4;
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
  number(at: number): number {
    const { bytes } = this;
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
  word(at: number): number {
    const { bytes } = this;
    const word = WORDS.get(bytes[at] ?? 0);
    if (word === undefined) return this.#missing(at);
    const end = at + word.length;
    if (end > bytes.length) return MORE;
    for (let index = 1; index < word.length; index += 1) {
      if (bytes[at + index] !== word[index]) return IRREGULAR;
    }
    return end;
  }

  /** Goes over any value; `depth` is that of what it is in. */
  value(at: number, depth = 0): number {
    const byte = this.bytes[at] ?? 0;
    if (byte === QUOTE) return this.string(at);
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return this.number(at);
    if (byte !== OPEN && byte !== OPEN_LIST) return this.word(at);
    return depth === MAX_DEPTH ? IRREGULAR : this.#nested(at, depth + 1);
  }

  #nested(at: number, depth: number): number {
    const { bytes } = this;
    const isObject = bytes[at] === OPEN;
    const close = isObject ? CLOSE : CLOSE_LIST;
    let place = this.blank(at + 1);
    if (bytes[place] === close) return place + 1;
    for (;;) {
      if (isObject) {
        place = this.name(place);
        if (place < 0) return place;
      }
      place = this.value(place, depth);
      if (place < 0) return place;
      place = this.blank(place);
      if (bytes[place] === close) return place + 1;
      if (bytes[place] !== COMMA) return this.#missing(place);
      place = this.blank(place + 1);
    }
  }

  /** Goes over a name, the colon and the white space between it and the value. */
  name(at: number): number {
    if (this.bytes[at] !== QUOTE) return this.#missing(at);
    const end = this.string(at);
    return end < 0 ? end : this.colon(end);
  }

  /** Goes over a colon and the white space around it. */
  colon(at: number): number {
    const colon = this.blank(at);
    return this.bytes[colon] === COLON ? this.blank(colon + 1) : this.#missing(colon);
  }

  /** What is expected does not stand at `at`. */
  #missing(at: number): typeof IRREGULAR | typeof MORE {
    return at < this.bytes.length ? IRREGULAR : MORE;
  }
}

/** Whether four bytes at once stand for themselves in a string; now and then a plain byte before others is missed. */
function isPlain(word: number): boolean {
  const quote = word ^ 0x2222_2222;
  const backslash = word ^ 0x5c5c_5c5c;
  // The top bit of a byte is set where the byte is zero, or less than a blank.
  const found =
    ((quote - 0x0101_0101) & ~quote) |
    ((backslash - 0x0101_0101) & ~backslash) |
    ((word - 0x2020_2020) & ~word);
  return (found & 0x8080_8080) === 0;
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
  const { length } = bytes;
  let place = at;
  while (place < length && (DIGITS[bytes[place] as number] as number) === 1) place += 1;
  if (place > at) return place;
  return place < bytes.length ? IRREGULAR : MORE;
}
