/**
 * Finds the values of objects in bytes, at one pass and without a string: of objects that have the names of the first of
 * them, in the same order. Of members that hold records, those are found the same way. It stops at an object that is out of
 * the ordinary.
 */
import type { NestMember } from "../../model/nest/nesting.ts";
import { JSON_ESCAPES, KIND_BITS } from "../../model/packed.ts";
import type { PackedFields } from "../../model/packed.ts";
import type { PackedNest } from "../../model/nest/packed-nest.ts";
import type { RecordShape } from "../../model/record.ts";
import { CLOSE, COMMA, IRREGULAR, MORE, OPEN, QUOTE } from "./scan.ts";
import type { JsonScan } from "./scan.ts";
import { MemberBytes } from "./member-bytes.ts";
import { learnTemplate } from "./template.ts";
import type { JsonTemplate, TemplateParts } from "./template.ts";

const SPACE = 32;

/** The kinds of values by their first byte; 0 for null. */
export const KINDS = new Uint8Array(256).fill(KIND_BITS.number);
KINDS[QUOTE] = KIND_BITS.text;
KINDS["n".charCodeAt(0)] = 0;
for (const first of "tf") KINDS[first.charCodeAt(0)] = KIND_BITS.boolean;
for (const first of "{[") KINDS[first.charCodeAt(0)] = KIND_BITS.json;

/** Those of objects in objects, beside those of the objects themselves. */
export type NestedParts = Omit<TemplateParts, "scan">;

/** The values that were found, and where they are. */
export class ObjectBytes {
  readonly #scan: JsonScan;
  readonly #parts: TemplateParts;
  readonly #members: readonly NestMember[];
  /** Beside the members that hold records. */
  readonly #nests: readonly MemberBytes[];
  #template: JsonTemplate | null = null;
  /** By member of the template: which of those that hold records it is; -1 for any other. */
  #nestOf = new Int32Array(0);
  /** The names of the others. */
  shape: RecordShape = { fields: [] };
  /** Numbers of one object: two for each of these. */
  width = 0;
  /** By member of the template. */
  #kinds = new Uint8Array(0);
  #places = new Int32Array(0);
  #used = 0;
  /** Objects that were found. */
  records = 0;
  /** Bytes of these. */
  #length = 0;

  constructor(parts: TemplateParts, members: readonly NestMember[], nested: NestedParts) {
    this.#scan = parts.scan;
    this.#parts = parts;
    this.#members = members;
    this.#nests = members.map(
      (member) =>
        new MemberBytes(
          parts.scan,
          new ObjectBytes({ ...nested, scan: parts.scan }, member.members, nested),
        ),
    );
  }

  /** Two numbers a value, as in `PackedFields`. */
  get places(): Int32Array {
    return this.#places;
  }

  /** The kinds of the values, by name. */
  get kinds(): Uint8Array {
    return this.#kinds.filter((_, member) => (this.#nestOf[member] ?? -1) < 0);
  }

  /** Forgets what was found, and begins again. */
  clear(): void {
    this.#kinds.fill(0);
    this.#length = 0;
    this.keep(0);
    for (const nest of this.#nests) nest.clear();
  }

  /** Forgets the names. */
  forget(): void {
    this.#template = null;
    for (const nest of this.#nests) nest.objects.forget();
  }

  /** Forgets all objects but the first `records`. */
  keep(records: number): void {
    this.records = records;
    this.#used = records * this.width;
    for (const nest of this.#nests) nest.keep(records);
  }

  /** Finds the values of the object at `start`; tells where it ends. Where that fails nothing of it is kept. */
  take(start: number): number {
    const end = this.#object(start);
    if (end < 0) this.keep(this.records);
    else {
      this.records += 1;
      this.#length += end - start;
    }
    return end;
  }

  /** What was found, as fields. */
  fields(bytes: Buffer): PackedFields {
    return {
      shape: this.shape,
      bytes,
      offsets: this.#places.slice(0, this.records * this.width),
      records: this.records,
      length: this.#length,
      quote: JSON_ESCAPES,
      kinds: this.kinds,
      ...this.nested(bytes),
    };
  }

  /** The records in members that hold some. */
  nested(bytes: Buffer): { readonly nested?: readonly (PackedNest | null)[] } {
    if (this.#nests.length === 0) return {};
    return {
      nested: this.#nests.map((nest, at) =>
        this.#nestOf.includes(at) ? nest.found(bytes, this.records) : null,
      ),
    };
  }

  #object(start: number): number {
    const template = this.#template ?? this.#learn(start);
    if (typeof template === "number") return template;
    this.#reserve();
    const nestOf = this.#nestOf;
    const { bytes } = this.#scan;
    let at = start;
    for (let member = 0; member < nestOf.length; member += 1) {
      at = this.#lead(at, member, template);
      // What follows must not depend on the objects that were seen before.
      if (at >= 0 && (bytes[at] as number) <= SPACE) at = this.#scan.blank(at);
      if (at < 0) return at;
      const nest = nestOf[member] as number;
      at =
        nest < 0
          ? this.#value(at, member, template)
          : (this.#nests[nest] as MemberBytes).take(at, this.records);
      if (at < 0) return at;
    }
    return this.#close(at);
  }

  /** Learns the names, from the first object. */
  #learn(start: number): JsonTemplate | typeof IRREGULAR | typeof MORE {
    const template = learnTemplate(this.#parts, start);
    if (typeof template === "number") return template;
    const { fields } = template.shape;
    const names = this.#members.map(({ name }) => name);
    const own = fields.filter((field) => !names.includes(field));
    this.#template = template;
    this.#nestOf = Int32Array.from(fields, (field) => names.indexOf(field));
    this.shape =
      own.length === fields.length
        ? template.shape
        : this.#parts.shapes.shaped({ names: own, values: [], kinds: [] }).shape;
    this.width = 2 * own.length;
    this.#kinds = new Uint8Array(fields.length);
    this.#used = this.records * this.width;
    return template;
  }

  /** Makes room for one more object. */
  #reserve(): void {
    const least = this.#used + this.width;
    const { length } = this.#places;
    if (length >= least) return;
    const larger = new Int32Array(
      Math.max(least, Math.ceil(this.#scan.bytes.length / 8), 2 * length),
    );
    larger.set(this.#places);
    this.#places = larger;
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

  /** Goes over the end of an object. */
  #close(after: number): number {
    const scan = this.#scan;
    const { bytes } = scan;
    const close = bytes[after] === CLOSE ? after : scan.blank(after);
    if (bytes[close] === CLOSE) return close + 1;
    return close < bytes.length ? IRREGULAR : MORE;
  }
}
