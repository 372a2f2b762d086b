/**
 * Bytes written as hexadecimal digits or as base64, read to the last bit: a text that stands for no whole number of bytes, or
 * could stand for others, is none.
 */
import type { UnreadValue, ValueReader } from "./value-reader.ts";

/** How bytes are written in a source. */
export type BytesEncoding = "hex" | "base64";

/** The reader of bytes that are written so; it gives `prefix` and their hexadecimal digits. */
export function bytesReader(encoding: BytesEncoding, prefix: string): ValueReader {
  const read = encoding === "hex" ? readHex : readBase64;
  return (text) => {
    const digits = read(text);
    return typeof digits === "string" ? prefix + digits : digits;
  };
}

/** Digits in pairs, after `\x` or `0x` or nothing. */
function readHex(text: string): string | UnreadValue {
  const start = /^[\\0]x/i.test(text) ? 2 : 0;
  const other = text.slice(start).search(/[^0-9a-f]/i);
  if (other >= 0) return wrongCharacter(text, start + other, "hexadecimal digit");
  return text.length % 2 === 0
    ? text.slice(start).toLowerCase()
    : {
        why: `is not whole bytes: it has ${text.length - start} hexadecimal digits, an odd number`,
      };
}

/** Groups of four characters, the last one padded or cut short. */
function readBase64(text: string): string | UnreadValue {
  const bare = text.replace(/={1,2}$/, "");
  const other = bare.search(/[^A-Za-z0-9+/]/);
  if (other >= 0) return wrongCharacter(text, other, "character of base64");
  const isPadded = bare.length < text.length;
  if (bare.length % 4 === 1 || (isPadded && text.length % 4 !== 0))
    return { why: `is not whole base64: its length is ${text.length}, and the end is missing` };
  const bytes = Buffer.from(bare, "base64");
  // The last character may have bits that belong to no byte; where they are set, something was cut off or changed.
  return bytes.toString("base64").replace(/=+$/, "") === bare
    ? bytes.toString("hex")
    : { why: "is not whole base64: its last character has bits beyond the last byte" };
}

function wrongCharacter(text: string, at: number, kind: string): UnreadValue {
  const shown = JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0));
  return { why: `is no bytes: ${shown} at character ${at + 1} is no ${kind}` };
}
