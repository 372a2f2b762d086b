/**
 * The fast path for NDJSON: finds the values of ordinary lines in bytes, at one pass and without a string. Ordinary is an
 * object with the names of the line before it, in the same order. It stops before a line that is out of the ordinary, and
 * leaves that one to the splitter and `text.ts`: what such a line means is decided there and nowhere else.
 */
import { JSON_ESCAPES } from "../../model/packed.ts";
import type { PackedFields } from "../../model/packed.ts";
import type { RecordShape } from "../../model/record.ts";
import type { Charset } from "../text/charset.ts";
import { isPlainText, PACKED_RECORDS } from "../text/fast-path.ts";
import type { Packer, PackedRun, PackStop } from "../text/fast-path.ts";
import { lineEnd } from "./line-end.ts";
import type { LineRules } from "./line-end.ts";
import { MixedLines } from "./mixed-lines.ts";
import { ObjectBytes } from "./object-bytes.ts";
import { IRREGULAR, JsonScan, MORE } from "./scan.ts";
import { JsonShapes } from "./shapes.ts";
import { nestedOptions, NullRule } from "../text/null-rule.ts";
import type { NullOptions } from "../text/null-rule.ts";
import { soundRecords } from "../text/valid-text.ts";
import type { ReadOptions } from "../source.ts";

/** Lines that were found. */
export interface JsonRun extends PackedRun {
  readonly shape: RecordShape;
  /** As in `PackedFields`. */
  readonly kinds: Uint8Array;
  /** As in `PackedFields`. */
  readonly nested?: PackedFields["nested"];
}

/** What tells the values of a source's lines; can be sent to another thread. */
export interface JsonSource {
  readonly options: NullOptions & Pick<ReadOptions, "maxRecordBytes" | "followAppend" | "nests">;
}

/** Finds the values of one source's lines; used again and again. */
export class JsonBytes implements Packer<JsonRun> {
  readonly #scan = new JsonScan();
  readonly #objects: ObjectBytes;
  readonly #limit: number;
  /** Where lines end, where objects do not tell what comes behind their last values. */
  readonly #ends: number[] | null;
  #rules: LineRules;
  /** The end of the source ends no line. */
  readonly #waits: boolean;
  stop: PackStop = "more";

  readonly source: JsonSource;
  /** For lines whose names change; `null` where records are in their members. */
  readonly mixed: MixedLines | null;

  /** `source`: in plain text. `shapes`: those of its other records, where somebody reads these. */
  constructor(source: JsonSource, shapes = new JsonShapes()) {
    const { options } = source;
    const { nests = [] } = options;
    const nested = nestedOptions(options);
    this.source = source;
    const parts = { scan: this.#scan, shapes, nulls: new NullRule(options), options };
    this.#objects = new ObjectBytes(parts, nests, {
      shapes: new JsonShapes(),
      nulls: new NullRule(nested),
      options: nested,
    });
    this.#limit = options.maxRecordBytes;
    this.#ends = nests.length === 0 ? null : [];
    this.#waits = options.followAppend === true;
    this.#rules = { limit: this.#limit, last: false };
    this.mixed = nests.length === 0 ? new MixedLines(parts, options) : null;
  }

  /** The fast path of a source; `null` where its encoding is out of the ordinary. */
  static of(charset: Charset, options: ReadOptions, shapes: JsonShapes): JsonBytes | null {
    if (!isPlainText(charset)) return null;
    const { nullTokens, nullIn = null, nullQuoted = false, keepEmpty, empty, nests = [] } = options;
    const { defaultOnEmpty = null, maxRecordBytes, followAppend = false } = options;
    const nulls = { nullTokens, nullIn, nullQuoted, keepEmpty, empty, defaultOnEmpty };
    return new JsonBytes({ options: { ...nulls, maxRecordBytes, followAppend, nests } }, shapes);
  }

  fields(
    { shape, kinds, places, records, end, nested }: JsonRun,
    bytes: Buffer,
    from: number,
  ): PackedFields {
    const found = { offsets: places, records, length: end - from };
    const levels = nested === undefined ? {} : { nested };
    return { shape, kinds, bytes, quote: JSON_ESCAPES, ...found, ...levels };
  }

  pack(bytes: Buffer, from: number, last: boolean, max: number): JsonRun | null {
    this.#scan.over(bytes);
    this.#rules = { limit: this.#limit, last: last && !this.#waits };
    this.#objects.clear();
    this.stop = "full";
    const most = Math.min(max, PACKED_RECORDS);
    let records = 0;
    let at = from;
    while (records < most) {
      let end = this.#line(at, records);
      if (end === IRREGULAR && records === 0) {
        this.#objects.forget();
        end = this.#line(at, records);
      }
      if (end < 0) {
        // What is too long must not be gathered in memory.
        const waits = end === MORE && bytes.length - at <= this.#limit + 2;
        this.stop = waits ? "more" : "irregular";
        break;
      }
      records += 1;
      at = end;
      if (this.#ends !== null) this.#ends[records - 1] = end;
    }
    return this.#sound(bytes, from, { records, end: at });
  }

  /** What was found, as far as it is sound. */
  #sound(
    bytes: Buffer,
    from: number,
    { records, end }: { readonly records: number; readonly end: number },
  ): JsonRun | null {
    const { places, width, shape, kinds } = this.#objects;
    const ends =
      this.#ends === null ? { places, width } : { places: Int32Array.from(this.#ends), width: 1 };
    const sound = soundRecords(bytes, { from, ...ends, records });
    if (sound < records) {
      if (sound > 0) return this.pack(bytes, from, false, sound);
      this.stop = "irregular";
    }
    if (sound === 0) return null;
    return {
      shape,
      kinds,
      places: places.slice(0, records * width),
      records,
      end,
      lines: records,
      ...this.#objects.nested(bytes),
    };
  }

  /** Finds the values of the line at `start`, the number `line`; tells where the next begins. */
  #line(start: number, line: number): number {
    const close = this.#objects.take(start);
    if (close < 0) return close;
    const end = lineEnd(this.#scan, close, start, this.#rules);
    if (end < 0) this.#objects.keep(line);
    return end;
  }
}
