/** Values with fixed letters in bytes: booleans and UUIDs; and how long a text is. */

const DASH = 0x2d;

const TRUE = Buffer.from("true");
const FALSE = Buffer.from("false");

/** `true` or `false`, in exactly this spelling. */
export function isBoolean(bytes: Uint8Array, start: number, end: number): boolean {
  const word = end - start === 4 ? TRUE : FALSE;
  if (end - start !== word.length) return false;
  for (let at = 0; at < word.length; at += 1) if (bytes[start + at] !== word[at]) return false;
  return true;
}

/** The length of a UUID. */
export const UUID_LENGTH = 36;

/** In the place of the letters of a UUID: this is none. */
export const NO_UUID = -1;

const DIGIT = 1;
const LOWER = 2;
const UPPER = 4;
/** A UUID, or several, with letters of both cases. */
export const BOTH_CASES = LOWER | UPPER;

/** Hexadecimal digits; 0 for anything else. */
const HEX = new Uint8Array(256);
for (const char of "0123456789") HEX[char.charCodeAt(0)] = DIGIT;
for (const char of "abcdef") HEX[char.charCodeAt(0)] = LOWER;
for (const char of "ABCDEF") HEX[char.charCodeAt(0)] = UPPER;

/** The cases of the letters in the UUID of 36 bytes at `start`, as bits of `BOTH_CASES`; `NO_UUID` when it is none. */
export function uuidCases(bytes: Uint8Array, start: number): number {
  let seen = 0;
  for (let at = 0; at < UUID_LENGTH; at += 1) {
    const byte = bytes[start + at] as number;
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (byte !== DASH) return NO_UUID;
      continue;
    }
    const digit = HEX[byte] as number;
    if (digit === 0) return NO_UUID;
    seen |= digit;
  }
  return seen & BOTH_CASES;
}

/** How many UTF-16 units a text of sound UTF-8 has. */
export function utf16Length(bytes: Uint8Array, start: number, end: number): number {
  let units = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    // Bytes that continue a character count nothing; those of four bytes are two units.
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}
