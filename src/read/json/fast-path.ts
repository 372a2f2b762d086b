/**
 * The fast path for NDJSON: finds the values of ordinary lines in bytes, at one pass and without a string. Ordinary is an
 * object with the names of the line before it, in the same order. It stops before a line that is out of the ordinary, and
 * leaves that one to the splitter and `text.ts`: what such a line means is decided there and nowhere else.
 */
import { KIND_BITS } from "../../model/packed.ts";
import type { RecordShape } from "../../model/record.ts";
import type { Charset } from "../text/charset.ts";
import { isPlainText, PACKED_RECORDS } from "../text/fast-path.ts";
import type { Packer, PackedRun, PackStop } from "../text/fast-path.ts";
import { CLOSE, COMMA, IRREGULAR, JsonScan, MORE, OPEN, QUOTE } from "./scan.ts";
import { JsonShapes } from "./shapes.ts";
import { learnTemplate } from "./template.ts";
import type { JsonTemplate } from "./template.ts";
import { NullRule } from "../text/null-rule.ts";
import type { NullOptions } from "../text/null-rule.ts";
import { soundRecords } from "../text/valid-text.ts";
import type { ReadOptions } from "../source.ts";

/** Lines that were found. */
export interface JsonRun extends PackedRun {
  readonly shape: RecordShape;
  /** As in `PackedFields`. */
  readonly kinds: Uint8Array;
}

const LF = 10;
const CR = 13;
const SPACE = 32;

/** The kinds of values by their first byte; 0 for null. */
const KINDS = new Uint8Array(256).fill(KIND_BITS.number);
KINDS[QUOTE] = KIND_BITS.text;
KINDS["n".charCodeAt(0)] = 0;
for (const first of "tf") KINDS[first.charCodeAt(0)] = KIND_BITS.boolean;
for (const first of "{[") KINDS[first.charCodeAt(0)] = KIND_BITS.json;

/** What tells the values of a source's lines; can be sent to another thread. */
export interface JsonSource {
  readonly options: NullOptions & Pick<ReadOptions, "maxRecordBytes" | "followAppend">;
}

/** Finds the values of one source's lines; used again and again. */
export class JsonBytes implements Packer<JsonRun> {
  readonly #scan = new JsonScan();
  readonly #shapes: JsonShapes;
  readonly #rule: NullRule;
  readonly #limit: number;
  #template: JsonTemplate | null = null;
  #kinds = new Uint8Array(0);
  #places = new Int32Array(0);
  #used = 0;
  #last = false;
  /** The end of the source ends no line. */
  readonly #waits: boolean;
  stop: PackStop = "more";

  readonly source: JsonSource;

  /** `source`: in plain text. `shapes`: those of its other records, where somebody reads these. */
  constructor(source: JsonSource, shapes = new JsonShapes()) {
    const { options } = source;
    this.source = source;
    this.#shapes = shapes;
    this.#rule = new NullRule(options);
    this.#limit = options.maxRecordBytes;
    this.#waits = options.followAppend === true;
  }

  /** The fast path of a source; `null` where its encoding is out of the ordinary. */
  static of(charset: Charset, options: ReadOptions, shapes: JsonShapes): JsonBytes | null {
    if (!isPlainText(charset)) return null;
    const { nullTokens, nullIn = null, nullQuoted = false, keepEmpty, empty } = options;
    const { defaultOnEmpty = null, maxRecordBytes, followAppend = false } = options;
    const nulls = { nullTokens, nullIn, nullQuoted, keepEmpty, empty, defaultOnEmpty };
    return new JsonBytes({ options: { ...nulls, maxRecordBytes, followAppend } }, shapes);
  }

  pack(bytes: Buffer, from: number, last: boolean, max: number): JsonRun | null {
    this.#scan.over(bytes);
    this.#last = last && !this.#waits;
    this.#kinds.fill(0);
    this.stop = "full";
    const most = Math.min(max, PACKED_RECORDS);
    let records = 0;
    let at = from;
    while (records < most) {
      this.#used = records * this.#width;
      this.#reserve();
      let end = this.#line(at);
      if (end === IRREGULAR && records === 0) end = this.#firstLine(at);
      if (end < 0) {
        // What is too long must not be gathered in memory.
        const waits = end === MORE && bytes.length - at <= this.#limit + 2;
        this.stop = waits ? "more" : "irregular";
        break;
      }
      records += 1;
      at = end;
    }
    return this.#sound(bytes, from, { records, end: at });
  }

  /** What was found, as far as it is sound. */
  #sound(
    bytes: Buffer,
    from: number,
    { records, end }: { readonly records: number; readonly end: number },
  ): JsonRun | null {
    const [places, width] = [this.#places, this.#width];
    const sound = soundRecords(bytes, { from, places, width, records });
    if (sound < records) {
      if (sound > 0) return this.pack(bytes, from, false, sound);
      this.stop = "irregular";
    }
    const { shape } = this.#template ?? {};
    if (sound === 0 || shape === undefined) return null;
    const kinds = this.#kinds.slice();
    return { shape, kinds, places: places.slice(0, records * width), records, end, lines: records };
  }

  get #width(): number {
    return 2 * this.#kinds.length;
  }

  /** Makes room for one more line. */
  #reserve(): void {
    const least = this.#used + this.#width;
    const { length } = this.#places;
    if (length >= least) return;
    const larger = new Int32Array(
      Math.max(least, Math.ceil(this.#scan.bytes.length / 8), 2 * length),
    );
    larger.set(this.#places);
    this.#places = larger;
  }

  /** Finds the values of a line with other names than the lines before it. */
  #firstLine(start: number): number {
    const parts = {
      scan: this.#scan,
      shapes: this.#shapes,
      nulls: this.#rule,
      options: this.source.options,
    };
    const template = learnTemplate(parts, start);
    if (typeof template === "number") return template;
    this.#template = template;
    this.#kinds = new Uint8Array(template.names.length);
    this.#used = 0;
    this.#reserve();
    return this.#line(start);
  }

  /** Finds the values of the line at `start`; tells where the next begins. */
  #line(start: number): number {
    const template = this.#template;
    if (template === null) return IRREGULAR;
    const members = this.#kinds.length;
    const { bytes } = this.#scan;
    let at = start;
    for (let member = 0; member < members; member += 1) {
      at = this.#lead(at, member, template);
      // What follows must not depend on the lines that were seen before.
      if (at >= 0 && (bytes[at] as number) <= SPACE) at = this.#scan.blank(at);
      if (at < 0) return at;
      at = this.#value(at, member, template);
      if (at < 0) return at;
    }
    return this.#close(at, start);
  }

  /** Goes over a name and what surrounds it, from the end of the value before to the beginning of its own. */
  #lead(start: number, member: number, template: JsonTemplate): number {
    const { leads, leadAt } = template;
    const { view } = this.#scan;
    const from = leadAt[member] as number;
    const length = (leadAt[member + 1] as number) - from;
    const end = start + length;
    if (end > view.byteLength) return this.#looseLead(start, member, template);
    const shift = from - start;
    // The last four bytes overlap those before them, as a rule.
    const tail = end - 4;
    for (let at = start; at < tail; at += 4) {
      if (view.getInt32(at, true) !== leads.getInt32(at + shift, true)) {
        return this.#looseLead(start, member, template);
      }
    }
    return view.getInt32(tail, true) === leads.getInt32(tail + shift, true)
      ? end
      : this.#looseLead(start, member, template);
  }

  /** The same where there is other white space than in the template. */
  #looseLead(start: number, member: number, { names }: JsonTemplate): number {
    const scan = this.#scan;
    const { bytes } = scan;
    const open = scan.blank(start);
    if (open >= bytes.length) return MORE;
    if (bytes[open] !== (member === 0 ? OPEN : COMMA)) return IRREGULAR;
    const name = scan.blank(open + 1);
    const expected = names[member] as Buffer;
    const end = name + expected.length;
    if (end > bytes.length) return MORE;
    const same = bytes.compare(expected, 0, expected.length, name, end) === 0;
    return same ? scan.colon(end) : IRREGULAR;
  }

  /** Notes the value at `start`; tells where it ends. */
  #value(start: number, member: number, template: JsonTemplate): number {
    const scan = this.#scan;
    const end = scan.value(start);
    if (end < 0) return end;
    const { bytes, escaped } = scan;
    const kind = KINDS[bytes[start] as number] as number;
    const [places, used] = [this.#places, this.#used];
    this.#used = used + 2;
    this.#kinds[member] = (this.#kinds[member] as number) | kind;
    if (kind !== KIND_BITS.text) {
      places[used] = kind === 0 ? -1 : start;
      places[used + 1] = end;
      return end;
    }
    const isEmpty = end === start + 2;
    if (isEmpty && template.emptyIsAbsent[member] === 1) return IRREGULAR;
    const isNull = isEmpty
      ? template.emptyIsNull[member] === 1
      : template.nulls.hasTokens &&
        template.nulls.isNull(bytes, { start: start + 1, end: end - 1, escaped }, member);
    places[used] = isNull ? -1 : start + 1;
    places[used + 1] = escaped ? ~(end - 1) : end - 1;
    return end;
  }

  /** Goes over the end of the line that began at `start`; tells where the next begins. */
  #close(after: number, start: number): number {
    const scan = this.#scan;
    const { bytes } = scan;
    const { length } = bytes;
    const close = bytes[after] === CLOSE ? after : scan.blank(after);
    if (bytes[close] !== CLOSE) return close < length ? IRREGULAR : MORE;
    const end = bytes[close + 1] === LF ? close + 1 : scan.blank(close + 1);
    if (end >= length && !this.#last) return MORE;
    if (end < length && bytes[end] !== LF) return IRREGULAR;
    const content = end < length && bytes[end - 1] === CR ? end - 1 : end;
    return content - start > this.#limit ? IRREGULAR : Math.min(end + 1, length);
  }
}
