/**
 * Encodings as the readers see them: bytes of a record to text, never guessing, and back to the source's bytes.
 * Multi-byte encodings other than UTF-8 reach the readers as UTF-8; `transcode.ts` does that.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { iconv } from "./iconv.ts";
import { transcoderOf } from "./transcode.ts";
import type { Transcoder } from "./transcode.ts";

/** How the bytes that readers split become text. */
export interface Charset {
  /** The encoding's name, for messages. */
  readonly name: string;
  /** `null` when the bytes are not valid in this encoding. */
  decode(bytes: Buffer): string | null;
  /** Text with one character for each byte; `null` when there is none. */
  decodeEvenly(bytes: Buffer): string | null;
  encode(text: string): Buffer;
  /** A record's bytes in the source's own encoding. */
  original(bytes: Buffer): Buffer;
  /** Turns the stream into UTF-8 first; `null` when records are split on the source's bytes. */
  readonly transcoder: Transcoder | null;
}

// Names iconv-lite takes for encodings that are not character sets.
const NOT_CHARSETS = /^(base64|hex|utf-?7(-?imap)?)$/i;
const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const UTF8_NAME = /^utf-?8$/i;

/** What other tools call an encoding, and what to do here. */
const NAMES_OF_OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^utf[-_]?8[-_]?(?:sig|bom)$/i, "leave --encoding out: a BOM is passed over"],
  [/^(?:utf_?8(?:mb[34])?|(?:cp)?65001|al32utf8)$/i, "leave --encoding out: UTF-8 is the default"],
  [/^auto/i, "leave --encoding out: UTF-8 and a BOM are seen, and another encoding is said"],
  [/^ansi$/i, "pass --encoding windows-1252, or what Windows uses where the file was written"],
  [/^unicode$/i, "pass --encoding utf-16le, which Windows calls so"],
];

/** Whether `name` is UTF-8, the encoding that also looks for a UTF-16 byte order mark. */
export function isUtf8Name(name: string): boolean {
  return UTF8_NAME.test(name.trim());
}

/** The charset of that name. Throws `SOURCE_ENCODING` when nothing decodes it. */
export function charsetOf(name: string): Charset {
  const known = name.trim();
  if (isUtf8Name(known)) return utf8("UTF-8", null);
  if (known === "" || NOT_CHARSETS.test(known) || !iconv().encodingExists(known)) {
    throw upsurgeError(
      "SOURCE_ENCODING",
      { encoding: known === "" ? "''" : known },
      { fix: NAMES_OF_OTHERS.find(([name]) => name.test(known))?.[1], where: "--encoding" },
    );
  }
  return isSingleByte(known) ? singleByte(known) : utf8(known, transcoderOf(known));
}

function utf8(name: string, transcoder: Transcoder | null): Charset {
  return {
    name,
    transcoder,
    decode: (bytes) => {
      if (isAscii(bytes)) return bytes.toString("latin1");
      return isUtf8(bytes) ? bytes.toString("utf8") : null;
    },
    decodeEvenly: (bytes) => (isAscii(bytes) ? bytes.toString("latin1") : null),
    encode: (text) => Buffer.from(text, "utf8"),
    original: transcoder === null ? (bytes) => bytes : (bytes) => transcoder.original(bytes),
  };
}

function singleByte(name: string): Charset {
  const all = iconv().decode(Buffer.from(BYTES), name);
  const isLatin1 = BYTES.every((byte) => all.charCodeAt(byte) === byte);
  const decode = isLatin1
    ? (bytes: Buffer): string => bytes.toString("latin1")
    : (bytes: Buffer): string | null => {
        const text = iconv().decode(bytes, name, { stripBOM: false });
        return text.includes("\ufffd") ? null : text;
      };
  return {
    name,
    transcoder: null,
    decode,
    decodeEvenly: decode,
    encode: (text) => iconv().encode(text, name),
    original: (bytes) => bytes,
  };
}

/** One character for every byte, and ASCII where ASCII is: records can be split before they are decoded. */
function isSingleByte(name: string): boolean {
  for (let byte = 0; byte < 256; byte += 1) {
    for (const next of [0x41, 0xa4, 0xfd]) {
      const pair = iconv().decode(Buffer.from([byte, next]), name, { stripBOM: false });
      if (pair.length !== 2) return false;
    }
    const alone = iconv().decode(Buffer.from([byte]), name, { stripBOM: false });
    if (byte < 128 && alone !== String.fromCharCode(byte)) return false;
  }
  return true;
}
