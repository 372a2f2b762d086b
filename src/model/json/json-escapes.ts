/** The escapes of JSON strings, from bytes to bytes. That they are sound was made sure before. */

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** The bytes that escapes of one letter stand for, by that letter. */
const SINGLE = new Uint8Array(256);
for (const [letter, text] of Object.entries({ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" })) {
  SINGLE[letter.charCodeAt(0)] = text.charCodeAt(0);
}
for (const char of '"\\/') SINGLE[char.charCodeAt(0)] = char.charCodeAt(0);

/** The inside of a JSON string, from `from` to `to`, its escapes resolved. */
export function unescaped(bytes: Buffer, from: number, to: number): Buffer {
  // No escape stands for more bytes than it has.
  const plain = Buffer.allocUnsafe(to - from);
  let length = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte !== BACKSLASH) {
      plain[length] = byte;
      length += 1;
      continue;
    }
    at += 1;
    const letter = bytes[at] as number;
    if (letter !== LOWER_U) {
      plain[length] = SINGLE[letter] as number;
      length += 1;
      continue;
    }
    let code = hexAt(bytes, at + 1);
    at += 4;
    if (isHighSurrogate(code)) {
      code = 0x1_0000 + ((code & 0x3ff) << 10) + (hexAt(bytes, at + 3) & 0x3ff);
      at += 6;
    }
    length = writeUtf8(plain, length, code);
  }
  return plain.subarray(0, length);
}

/** The four hexadecimal digits at `at`; below zero where one of them is none. */
export function hexAt(bytes: Buffer, at: number): number {
  let value = 0;
  for (let place = at; place < at + 4; place += 1) {
    const digit = HEX[bytes[place] ?? 0] as number;
    if (digit < 0) return -1;
    value = (value << 4) | digit;
  }
  return value;
}

const HEX = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}

/** The first half of a pair that is one character. */
export function isHighSurrogate(code: number): boolean {
  return code >> 10 === 0x36;
}

/** The second half. */
export function isLowSurrogate(code: number): boolean {
  return code >> 10 === 0x37;
}

function writeUtf8(into: Buffer, at: number, code: number): number {
  if (code < 0x80) {
    into[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    into[at] = 0xc0 | (code >> 6);
    into[at + 1] = 0x80 | (code & 0x3f);
    return at + 2;
  }
  if (code < 0x1_0000) {
    into[at] = 0xe0 | (code >> 12);
    into[at + 1] = 0x80 | ((code >> 6) & 0x3f);
    into[at + 2] = 0x80 | (code & 0x3f);
    return at + 3;
  }
  into[at] = 0xf0 | (code >> 18);
  into[at + 1] = 0x80 | ((code >> 12) & 0x3f);
  into[at + 2] = 0x80 | ((code >> 6) & 0x3f);
  into[at + 3] = 0x80 | (code & 0x3f);
  return at + 4;
}
