/**
 * The fast path for NDJSON whose lines have different names: finds the values in bytes, at one pass and without a string, and puts
 * lines with the same names together. It stops before a line that is out of the ordinary, and leaves that one to the splitter
 * and `text.ts`.
 */
import { JSON_ESCAPES, KIND_BITS } from "../../model/packed.ts";
import type { MixedFields, PackedFields } from "../../model/packed.ts";
import type { RecordShape } from "../../model/record.ts";
import { PACKED_RECORDS } from "../text/fast-path.ts";
import type { PackStop } from "../text/fast-path.ts";
import { soundRecords } from "../text/valid-text.ts";
import { lineEnd } from "./line-end.ts";
import type { LineRules } from "./line-end.ts";
import { NameTree } from "./name-tree.ts";
import type { NameNode } from "./name-tree.ts";
import { KINDS } from "./object-bytes.ts";
import { CLOSE, IRREGULAR, MORE } from "./scan.ts";
import type { JsonScan } from "./scan.ts";
import type { TemplateParts } from "./template.ts";
import type { ReadOptions } from "../source.ts";

const SPACE = 32;

/** Lines that were found. */
export interface MixedRun {
  readonly fields: MixedFields;
  readonly records: number;
  /** The byte after the last of them. */
  readonly end: number;
}

/** The values of the lines with the same names. */
class LineGroup {
  readonly shape: RecordShape;
  readonly kinds: Uint8Array;
  records = 0;
  #places = new Int32Array(0);

  constructor(shape: RecordShape) {
    this.shape = shape;
    this.kinds = new Uint8Array(shape.fields.length);
  }

  add(places: Int32Array, kinds: Uint8Array): void {
    const { length } = this.kinds;
    const used = 2 * length * this.records;
    if (this.#places.length < used + 2 * length) {
      const larger = new Int32Array(Math.max(2 * this.#places.length, 64 * length));
      larger.set(this.#places);
      this.#places = larger;
    }
    for (let at = 0; at < 2 * length; at += 1) this.#places[used + at] = places[at] as number;
    for (let at = 0; at < length; at += 1)
      this.kinds[at] = (this.kinds[at] as number) | (kinds[at] as number);
    this.records += 1;
  }

  /** The values as fields; the lines have about `each` bytes. */
  fields(bytes: Buffer, each: number): PackedFields {
    const { shape, kinds, records } = this;
    const offsets = this.#places.slice(0, 2 * kinds.length * records);
    const length = Math.ceil(each * records);
    return { shape, kinds, bytes, offsets, records, length, quote: JSON_ESCAPES };
  }
}

/** Finds the values of one source's lines; used again and again. */
export class MixedLines {
  readonly #scan: JsonScan;
  readonly #tree: NameTree;
  readonly #limit: number;
  /** The end of the source ends no line. */
  readonly #waits: boolean;
  /** By the names of lines, of the run at hand. */
  #groups = new Map<NameNode, number>();
  #found: LineGroup[] = [];
  /** Of the line at hand. */
  #node: NameNode;
  #places = new Int32Array(64);
  #kinds = new Uint8Array(32);
  stop: PackStop = "more";

  constructor(
    parts: TemplateParts,
    { maxRecordBytes, followAppend }: Pick<ReadOptions, "maxRecordBytes" | "followAppend">,
  ) {
    this.#scan = parts.scan;
    this.#tree = new NameTree(parts);
    this.#node = this.#tree.root;
    this.#limit = maxRecordBytes;
    this.#waits = followAppend === true;
  }

  /** Finds at most `max` lines from `from` on; `last`: nothing follows these bytes. `null` when there is none. */
  pack(bytes: Buffer, from: number, last: boolean, max: number): MixedRun | null {
    this.#scan.over(bytes);
    this.#groups = new Map();
    this.#found = [];
    this.stop = "full";
    const most = Math.min(max, PACKED_RECORDS);
    const rules = { limit: this.#limit, last: last && !this.#waits };
    const groupOf = new Uint16Array(most);
    const ends = new Int32Array(most);
    let records = 0;
    let at = from;
    while (records < most) {
      const end = this.#line(at, rules);
      if (end < 0) {
        // What is too long must not be gathered in memory.
        const waits = end === MORE && bytes.length - at <= this.#limit + 2;
        this.stop = waits ? "more" : "irregular";
        break;
      }
      groupOf[records] = this.#add();
      ends[records] = end;
      records += 1;
      at = end;
    }
    const sound = soundRecords(bytes, { from, places: ends, width: 1, records });
    if (sound < records) {
      if (sound > 0) return this.pack(bytes, from, false, sound);
      this.stop = "irregular";
    }
    if (sound === 0) return null;
    const each = (at - from) / records;
    const groups = this.#found.map((group) => group.fields(bytes, each));
    const fields = { groups, groupOf: groupOf.slice(0, records), records, length: at - from };
    return { fields, records, end: at };
  }

  /** Finds the values of the line at `start`, and what names it has; tells where the next begins. */
  #line(start: number, rules: LineRules): number {
    const { bytes } = this.#scan;
    let node = this.#tree.root;
    let at = start;
    let members = 0;
    for (;;) {
      const known = this.#tree.follow(node, at);
      if (known === null && members > 0) {
        const close = bytes[at] === CLOSE ? at : this.#scan.blank(at);
        if (bytes[close] === CLOSE) {
          at = close + 1;
          break;
        }
      }
      const next = known ?? this.#tree.learn(node, at);
      if (typeof next === "number") return next;
      at += next.lead.byteLength;
      if ((bytes[at] as number) <= SPACE) at = this.#scan.blank(at);
      at = this.#value(at, members, next);
      if (at < 0) return at;
      node = next;
      members += 1;
    }
    this.#node = node;
    return lineEnd(this.#scan, at, start, rules);
  }

  /** Puts the line at hand to those with the same names; tells which these are. */
  #add(): number {
    const node = this.#node;
    let group = this.#groups.get(node);
    if (group === undefined) {
      group = this.#groupOf(this.#tree.shapeOf(node));
      this.#groups.set(node, group);
    }
    this.#found[group]?.add(this.#places, this.#kinds);
    return group;
  }

  /** Names in the same order may be written with other white space. */
  #groupOf(shape: RecordShape): number {
    const known = this.#found.findIndex((group) => group.shape === shape);
    return known < 0 ? this.#found.push(new LineGroup(shape)) - 1 : known;
  }

  /** Notes the value at `start`; tells where it ends. */
  #value(start: number, member: number, { rule }: NameNode): number {
    const scan = this.#scan;
    const end = scan.value(start);
    if (end < 0) return end;
    if (member >= this.#kinds.length) this.#grow();
    const { bytes, escaped } = scan;
    const kind = KINDS[bytes[start] as number] as number;
    const [places, used] = [this.#places, 2 * member];
    this.#kinds[member] = kind;
    if (kind !== KIND_BITS.text) {
      places[used] = kind === 0 ? -1 : start;
      places[used + 1] = end;
      return end;
    }
    const { emptyIsNull, emptyIsAbsent, nulls } = rule;
    const isEmpty = end === start + 2;
    if (isEmpty && emptyIsAbsent) return IRREGULAR;
    const isNull = isEmpty
      ? emptyIsNull
      : nulls.hasTokens && nulls.isNull(bytes, { start: start + 1, end: end - 1, escaped }, 0);
    places[used] = isNull ? -1 : start + 1;
    places[used + 1] = escaped ? ~(end - 1) : end - 1;
    return end;
  }

  #grow(): void {
    const [places, kinds] = [this.#places, this.#kinds];
    this.#places = new Int32Array(2 * places.length);
    this.#places.set(places);
    this.#kinds = new Uint8Array(2 * kinds.length);
    this.#kinds.set(kinds);
  }
}
