/**
 * Streams of multi-byte encodings (UTF-16, Shift_JIS, GB18030, …) as UTF-8, and records back again.
 * What cannot be decoded becomes a byte that UTF-8 does not have, so that its record is rejected and no other.
 */
import { isUtf8 } from "node:buffer";
import { corrupt } from "../bytes/source-error.ts";
import { iconv } from "./iconv.ts";

/** Stands for what could not be decoded; never valid in UTF-8. */
const UNDECODABLE = 0xff;

/** To UTF-8 and back. */
export interface Transcoder {
  /** The stream in UTF-8; a byte order mark goes. `path` is for errors. */
  toUtf8(bytes: AsyncIterable<Buffer>, path: string): AsyncIterable<Buffer>;
  /** UTF-8 made by `toUtf8` in the source's encoding; what was undecodable is a question mark. */
  original(utf8: Buffer): Buffer;
}

/** The transcoder of an encoding that iconv-lite knows. */
export function transcoderOf(name: string): Transcoder {
  if (/^(utf-?16-?le|ucs-?2|utf-?16)$/i.test(name)) return utf16(false);
  if (/^utf-?16-?be$/i.test(name)) return utf16(true);
  return {
    toUtf8: (bytes) => fromIconv(bytes, name),
    original: (utf8) =>
      iconv().encode(utf8.toString("utf8").replaceAll("\ufffd", "?"), name, { addBOM: false }),
  };
}

async function* fromIconv(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const decoder = iconv().getDecoder(name);
  for await (const chunk of bytes) yield marked(decoder.write(chunk));
  yield marked(restOf(decoder.end()));
}

/** What a decoder still held. That of CESU-8 counts in numbers: 0 for nothing, and a text that begins with it for half a character. */
function restOf(rest: unknown): string {
  return typeof rest === "string" ? rest.replace(/^0(?=\ufffd$)/, "") : "";
}

function marked(text: string): Buffer {
  const parts = text.split("\ufffd").map((part) => Buffer.from(part, "utf8"));
  return joined(parts, Buffer.from([UNDECODABLE]));
}

function joined(parts: readonly Buffer[], between: Buffer): Buffer {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  return Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [between, part])));
}

function utf16(bigEndian: boolean): Transcoder {
  return {
    toUtf8: (bytes, path) => fromUtf16(bytes, bigEndian, path),
    original: (utf8) => {
      const units = Buffer.from(fromLoneSurrogates(utf8), "utf16le");
      return bigEndian ? units.swap16() : units;
    },
  };
}

async function* fromUtf16(
  bytes: AsyncIterable<Buffer>,
  bigEndian: boolean,
  path: string,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const chunk of bytes) {
    const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let end = whole.length - (whole.length % 2);
    if (end > 0 && isHighSurrogate(whole, end - 2, bigEndian)) end -= 2;
    rest = whole.subarray(end);
    let text = decodeUnits(whole.subarray(0, end), bigEndian);
    if (first && text.length > 0) {
      first = false;
      if (text.startsWith("\ufeff")) text = text.slice(1);
    }
    yield withLoneSurrogates(text);
  }
  if (rest.length % 2 === 1) throw corrupt(path, "it ends in the middle of a UTF-16 character");
  yield withLoneSurrogates(decodeUnits(rest, bigEndian));
}

function isHighSurrogate(bytes: Buffer, at: number, bigEndian: boolean): boolean {
  const unit = bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
  return (unit & 0xfc00) === 0xd800;
}

function decodeUnits(bytes: Buffer, bigEndian: boolean): string {
  return bigEndian ? Buffer.from(bytes).swap16().toString("utf16le") : bytes.toString("utf16le");
}

/** UTF-8 in which a lone surrogate is the three bytes it would have, which strict UTF-8 refuses. */
function withLoneSurrogates(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const parts = text.split(
    /((?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff]))/,
  );
  return Buffer.concat(
    parts.map((part, at) => (at % 2 === 0 ? Buffer.from(part) : loneBytes(part))),
  );
}

function loneBytes(surrogate: string): Buffer {
  const unit = surrogate.charCodeAt(0);
  return Buffer.from([0xed, 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
}

function fromLoneSurrogates(utf8: Buffer): string {
  if (isUtf8(utf8)) return utf8.toString("utf8");
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at + 2 < utf8.length; at += 1) {
    const second = utf8[at + 1] ?? 0;
    if (utf8[at] !== 0xed || second < 0xa0) continue;
    const unit = 0xd000 | ((second & 0x3f) << 6) | ((utf8[at + 2] ?? 0) & 0x3f);
    parts.push(utf8.toString("utf8", from, at), String.fromCharCode(unit));
    from = at + 3;
    at += 2;
  }
  parts.push(utf8.toString("utf8", from));
  return parts.join("");
}
