/** Which encoding bytes may be in that are not valid in the one they are read in: a guess for messages, never for a load. */
import { isUtf8 } from "node:buffer";
import { iconv } from "./iconv.ts";

/**
 * Flags that may help, the likeliest first: `--encoding latin1 or windows-1252`. `null` for text that has half of a surrogate
 * pair: under no encoding that is a character.
 */
export function guessEncoding(bytes: Uint8Array): string | null {
  const wide = guessUtf16(bytes);
  if (wide !== null) {
    return iconv().decode(Buffer.from(bytes), wide).isWellFormed() ? `--encoding ${wide}` : null;
  }
  const surrogates = surrogatesIn(Buffer.from(bytes).toString("latin1"));
  if (surrogates !== "none") return surrogates === "pairs" ? "--encoding cesu-8" : null;
  const eastern = guessEastern(bytes);
  if (eastern !== null) return `--encoding ${eastern}`;
  if (isCyrillic(bytes)) return "--encoding windows-1251 or koi8-r";
  // Where latin1 has control characters, windows-1252 has letters and signs.
  const isWindows = bytes.some((byte) => byte >= 0x80 && byte < 0xa0);
  return isWindows ? "--encoding windows-1252" : "--encoding latin1 or windows-1252";
}

/** Both halves of a pair, each in three bytes, as Oracle's UTF8 and Java write characters beyond the first 65,536. */
const PAIRS = /\u00ed[\u00a0-\u00af][\u0080-\u00bf]\u00ed[\u00b0-\u00bf][\u0080-\u00bf]/g;

/** One half of them, by itself. */
const HALVES = /\u00ed[\u00a0-\u00bf][\u0080-\u00bf]/g;

/** The surrogates in bytes, each of them a character here; a half alone is one only among what is UTF-8 else. */
function surrogatesIn(bytes: string): "none" | "pairs" | "a half" {
  const unpaired = bytes.replaceAll(PAIRS, "");
  const others = unpaired.replaceAll(HALVES, "");
  if (others.length < unpaired.length && isUtf8(Buffer.from(others, "latin1"))) return "a half";
  return unpaired.length < bytes.length ? "pairs" : "none";
}

/** Text of which every second byte is zero, as in UTF-16 without its mark; `null` for other bytes. */
export function guessUtf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  const zeros = [0, 0];
  for (const [at, byte] of bytes.entries())
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const half = bytes.length / 2;
  const [even = 0, odd = 0] = zeros;
  if (bytes.length < 4) return null;
  if (odd > 0.6 * half && even === 0) return "utf-16le";
  return even > 0.6 * half && odd === 0 ? "utf-16be" : null;
}

/** Encodings with two bytes a character, and the characters that only a text in them has. */
const EASTERN: readonly (readonly [string, RegExp])[] = [
  ["shift_jis", /[\u3041-\u30ff]/],
  ["gbk", /[\u4e00-\u9fff]/],
  ["euc-kr", /[\uac00-\ud7a3]/],
];

function guessEastern(bytes: Uint8Array): string | null {
  for (const [name, letters] of EASTERN) {
    const text = iconv().decode(Buffer.from(bytes), name);
    const foreign = text.match(/[^\p{ASCII}]/gu) ?? [];
    if (text.includes("\ufffd") || foreign.length < 2) continue;
    // A letter with an accent among plain ones makes a pair by chance: whole words do not.
    if (name !== "shift_jis" && (longestRun(bytes) < 4 || isCyrillic(bytes))) continue;
    if (foreign.some((each) => letters.test(each)) && !/[\uff61-\uff9f]/.test(text)) return name;
  }
  return null;
}

/** Words of letters that are all in the upper half. */
function isCyrillic(bytes: Uint8Array): boolean {
  const upper = bytes.filter((byte) => byte >= 0x80);
  return (
    longestRun(bytes) >= 3 && upper.every((byte) => byte >= 0xc0 || byte === 0xa8 || byte === 0xb8)
  );
}

/** The most bytes in a row that are not ASCII. */
function longestRun(bytes: Uint8Array): number {
  let longest = 0;
  let run = 0;
  for (const byte of bytes) {
    run = byte >= 0x80 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
