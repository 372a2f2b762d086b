/** Bytes that fields are read from, several at a time where that is quicker. */

const ZERO = 48;

/** Bytes, and the same seen as words. */
export class ByteSource {
  readonly bytes: Buffer;
  readonly words: DataView;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}

/** Four decimal digits at `at` as a number, -1 when one of the bytes is none; they must be within the bytes. */
export function fourDigits({ words }: ByteSource, at: number): number {
  const word = words.getInt32(at) ^ 0x3030_3030;
  // A byte from 10 on carries into its highest bit, if that is not set already.
  if ((((word + 0x7676_7676) | word) & 0x8080_8080) !== 0) return -1;
  const pairs = Math.imul((word >> 8) & 0xff_00ff, 10) + (word & 0xff_00ff);
  return (pairs >> 16) * 100 + (pairs & 0xff);
}

/** Two decimal digits at `at`, -1 when one of the bytes is none. */
export function twoDigits({ bytes }: ByteSource, at: number): number {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -1;
}

/** The digits from `start` to `end` as a number, -1 when there is anything else; at most 15 digits are exact. */
export function digits(from: ByteSource, start: number, end: number): number {
  const { bytes } = from;
  let value = 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const four = fourDigits(from, at);
    if (four < 0) return -1;
    value = value * 10_000 + four;
  }
  for (; at < end; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return start < end ? value : -1;
}
