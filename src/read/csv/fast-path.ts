/**
 * The fast path for CSV: finds the fields of ordinary records in bytes, at one pass and without a string.
 * It stops before a record that is out of the ordinary, and leaves that one to the splitter and csv-parse: what such a
 * record means is decided there and nowhere else.
 */
import type { PackedFields } from "../../model/packed.ts";
import type { Charset } from "../text/charset.ts";
import { CR, LF } from "./dialect.ts";
import type { CsvDialect } from "./dialect.ts";
import { Joint } from "./joint.ts";
import { isPlainText, PACKED_RECORDS } from "../text/fast-path.ts";
import type { Packer, PackedRun, PackStop } from "../text/fast-path.ts";
import { NullBytes } from "../text/null-rule.ts";
import type { NullOptions } from "../text/null-rule.ts";
import { soundRecords } from "../text/valid-text.ts";
import type { ReadOptions } from "../source.ts";

/** Kinds of bytes within an unquoted field. */
const LINE_END = 1;
const DELIMITER = 2;
const QUOTE = 3;

/** What reading one record came to, where it is no place in the bytes. */
const IRREGULAR = -1;
const MORE = -2;

/** What tells the fields of a source's records; can be sent to another thread. */
export interface CsvSource {
  readonly dialect: Pick<CsvDialect, "delimiter" | "quote">;
  readonly fields: readonly string[];
  /** The line of the header without its end; empty where there is none. */
  readonly heading: Uint8Array;
  readonly options: NullOptions &
    Pick<ReadOptions, "maxRecordBytes" | "maxRecordLines" | "followAppend">;
}

/** Why a source of this dialect is read on the slow path, as a clause; `null` when its ordinary records need not be. */
export function whySlowPath(
  { delimiter, quote, escape, comment, trim, lineEnd }: CsvDialect,
  charset: Charset,
  fields: readonly string[],
): string | null {
  if (!isPlainText(charset)) return `its encoding is ${charset.name}`;
  if (escape !== null) return "quotes are escaped by a character of their own";
  if (comment !== null) return "it may have lines of comment";
  if (trim) return "blanks are trimmed";
  if (lineEnd !== LF) return "its lines end with only a carriage return";
  const single = isByte(delimiter) && (quote === null || isByte(quote));
  if (!single) return "its delimiter or quote takes more than one byte";
  return fields.length === 0 ? "it has no fields" : null;
}

/** Finds the fields of one source's records; used again and again. */
export class CsvBytes implements Packer<PackedRun> {
  readonly #kinds = new Uint8Array(256);
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #fields: number;
  readonly #nulls: NullBytes;
  readonly #joint: Joint;
  readonly #limit: number;
  readonly #lineLimit: number;
  #places = new Int32Array(0);
  #used = 0;
  #lines = 0;
  /** The ends of line that there may be once the record at hand has been read. */
  #mostLines = 0;
  #last = false;
  /** The end of the source ends no record. */
  readonly #waits: boolean;
  stop: PackStop = "more";
  readonly source: CsvSource;

  /** `source`: of ordinary dialect. */
  constructor(source: CsvSource) {
    const { dialect, fields, heading, options } = source;
    this.source = source;
    this.#joint = new Joint(heading);
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#quote = dialect.quote?.charCodeAt(0) ?? -1;
    this.#fields = fields.length;
    this.#nulls = new NullBytes(options, fields);
    this.#limit = options.maxRecordBytes;
    this.#lineLimit = options.maxRecordLines ?? Infinity;
    this.#waits = options.followAppend === true;
    this.#kinds[LF] = LINE_END;
    this.#kinds[this.#delimiter] = DELIMITER;
    if (this.#quote >= 0) this.#kinds[this.#quote] = QUOTE;
  }

  /** The fast path of a source; `null` where its dialect is out of the ordinary. */
  static of(
    dialect: CsvDialect,
    charset: Charset,
    options: ReadOptions,
    { fields, heading }: Pick<CsvSource, "fields" | "heading">,
  ): CsvBytes | null {
    if (whySlowPath(dialect, charset, fields) !== null) return null;
    const { delimiter, quote } = dialect;
    const { nullTokens, keepEmpty, empty, maxRecordBytes, maxRecordLines = Infinity } = options;
    const {
      nullIn = null,
      nullQuoted = false,
      defaultOnEmpty = null,
      followAppend = false,
    } = options;
    const nulls = { nullTokens, nullIn, nullQuoted, keepEmpty, empty, defaultOnEmpty };
    return new CsvBytes({
      dialect: { delimiter, quote },
      fields,
      heading,
      options: { ...nulls, maxRecordBytes, maxRecordLines, followAppend },
    });
  }

  /** The byte of the quote, or -1. */
  get quote(): number {
    return this.#quote;
  }

  fields({ places, records, end }: PackedRun, bytes: Buffer, from: number): PackedFields {
    const { fields } = this.source;
    const found = { offsets: places, records, length: end - from };
    return { shape: { fields }, kinds: null, bytes, quote: this.#quote, ...found };
  }

  pack(bytes: Buffer, from: number, last: boolean, max: number): PackedRun | null {
    const width = 2 * this.#fields;
    this.#used = 0;
    this.#lines = 0;
    this.#last = last && !this.#waits;
    this.stop = "full";
    const most = Math.min(max, PACKED_RECORDS);
    let records = 0;
    let at = from;
    while (records < most) {
      if (this.#places.length < this.#used + width) this.#grow(bytes.length - from, width);
      const lines = this.#lines;
      const end = at >= bytes.length ? MORE : this.#record(bytes, at);
      if (end < 0) {
        // What is too long must not be gathered in memory.
        const waits = end === MORE && bytes.length - at <= this.#limit + 2;
        this.stop = waits ? "more" : "irregular";
        this.#used = records * width;
        this.#lines = lines;
        break;
      }
      records += 1;
      at = end;
    }
    const sound = soundRecords(bytes, { from, places: this.#places, width, records });
    if (sound < records) {
      if (sound > 0) return this.pack(bytes, from, false, sound);
      this.stop = "irregular";
    }
    if (sound === 0) return null;
    const places = this.#places.slice(0, this.#used);
    return { places, records, end: at, lines: this.#lines };
  }

  #grow(bytes: number, width: number): void {
    const least = Math.max(this.#used + width, Math.ceil(bytes / 8));
    const larger = new Int32Array(Math.max(least, 2 * this.#places.length));
    larger.set(this.#places);
    this.#places = larger;
  }

  /** Finds the fields of the record at `start`; tells where the next begins. */
  #record(bytes: Buffer, start: number): number {
    const { length } = bytes;
    const first = bytes[start];
    if (first === LF || (first === CR && bytes[start + 1] === LF)) return IRREGULAR;
    if (this.#joint.mayBegin(first) && this.#joint.at(bytes, start) !== null) return IRREGULAR;
    let at = start;
    this.#mostLines = this.#lines + this.#lineLimit;
    for (let field = 0; field < this.#fields; field += 1) {
      const end =
        bytes[at] === this.#quote && at < length
          ? this.#quoted(bytes, at, field)
          : this.#unquoted(bytes, at, field);
      if (end < 0) return end;
      const ends = end === length || bytes[end] === LF;
      if (ends === field < this.#fields - 1) return IRREGULAR;
      at = end + 1;
    }
    if (at - 1 - start > this.#limit || this.#isBlank()) return IRREGULAR;
    this.#lines += 1;
    return Math.min(at, length);
  }

  /** Whether each field of the record that was noted last is NULL: it may be one without any value. */
  #isBlank(): boolean {
    if (this.#fields === 1 || this.#places[this.#used - 2] !== -1) return false;
    for (let field = 2; field <= this.#fields; field += 1) {
      if (this.#places[this.#used - 2 * field] !== -1) return false;
    }
    return true;
  }

  /** Notes an unquoted field; tells where it ends. */
  #unquoted(bytes: Buffer, start: number, field: number): number {
    const kinds = this.#kinds;
    const { length } = bytes;
    let at = start;
    while (at < length && (kinds[bytes[at] as number] as number) === 0) at += 1;
    if (at === length) {
      if (!this.#last) return MORE;
    } else if (kinds[bytes[at] as number] === QUOTE) return IRREGULAR;
    const ends = at < length && bytes[at] === LF && at > start && bytes[at - 1] === CR;
    const end = ends ? at - 1 : at;
    if (end === start && this.#nulls.isAbsentWhenEmpty(field)) return IRREGULAR;
    const isNull = this.#nulls.isNull(bytes, start, end, field);
    this.#places[this.#used] = isNull ? -1 : start;
    this.#places[this.#used + 1] = end;
    this.#used += 2;
    return at;
  }

  /** Notes a quoted field; tells where what follows its closing quote ends the field. */
  #quoted(bytes: Buffer, start: number, field: number): number {
    const { length } = bytes;
    const quote = this.#quote;
    let at = start + 1;
    let escaped = false;
    for (;;) {
      while (at < length && bytes[at] !== quote) {
        if (bytes[at] === LF) {
          this.#lines += 1;
          if (this.#lines >= this.#mostLines) return IRREGULAR;
        }
        at += 1;
      }
      if (at === length) return this.#last ? IRREGULAR : MORE;
      if (at + 1 < length && bytes[at + 1] === quote) {
        escaped = true;
        at += 2;
        continue;
      }
      break;
    }
    const isEmpty = at === start + 1;
    if (isEmpty && this.#nulls.isAbsentWhenEmpty(field)) return IRREGULAR;
    const isNull = isEmpty
      ? this.#nulls.quotedEmpty(field)
      : this.#nulls.takesQuoted && this.#isToken(bytes, { start, end: at, escaped }, field);
    this.#places[this.#used] = isNull ? -1 : start + 1;
    this.#places[this.#used + 1] = escaped ? ~at : at;
    this.#used += 2;
    return this.#closed(bytes, at + 1);
  }

  /** Whether what is within the quotes of a field is NULL. */
  #isToken(
    bytes: Buffer,
    {
      start,
      end,
      escaped,
    }: { readonly start: number; readonly end: number; readonly escaped: boolean },
    field: number,
  ): boolean {
    const quote = escaped ? this.#quote : null;
    return this.#nulls.isQuotedNull(bytes, { start: start + 1, end, quote }, field);
  }

  /** After a closing quote: the field ends here, or the record is out of the ordinary. */
  #closed(bytes: Buffer, at: number): number {
    const { length } = bytes;
    if (at === length) return this.#last ? at : MORE;
    const next = bytes[at];
    if (next === this.#delimiter || next === LF) return at;
    if (next !== CR) return IRREGULAR;
    if (at + 1 === length) return this.#last ? IRREGULAR : MORE;
    return bytes[at + 1] === LF ? at + 1 : IRREGULAR;
  }
}

/** One character that is one byte. */
function isByte(token: string): boolean {
  return token.length === 1 && token.charCodeAt(0) < 128;
}
