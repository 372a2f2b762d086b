/** Finds the objects in one member of objects, in bytes: one, or those in an array. */
import type { PackedNest } from "../../model/nest/packed-nest.ts";
import type { ObjectBytes } from "./object-bytes.ts";
import { CLOSE_LIST, COMMA, IRREGULAR, MORE, OPEN, OPEN_LIST } from "./scan.ts";
import type { JsonScan } from "./scan.ts";

const LOWER_N = 0x6e;

/** In the place of the objects: the value is null. */
const NULL = -1;

/** The objects that were found, and which of them are in which value. */
export class MemberBytes {
  readonly #scan: JsonScan;
  readonly objects: ObjectBytes;
  #spans = new Int32Array(0);
  #holds: PackedNest["holds"] = null;

  constructor(scan: JsonScan, objects: ObjectBytes) {
    this.#scan = scan;
    this.objects = objects;
  }

  /** Forgets what was found, and begins again. */
  clear(): void {
    this.#holds = null;
    this.objects.clear();
  }

  /** Forgets all values but the first `values`. */
  keep(values: number): void {
    const last = this.#spans.subarray(0, 2 * values).findLast((place) => place !== NULL);
    this.objects.keep(last ?? 0);
  }

  /** Finds what is in the value at `start`, the number `value`; tells where it ends. */
  take(start: number, value: number): number {
    const scan = this.#scan;
    const { bytes } = scan;
    const { records } = this.objects;
    const first = bytes[start];
    if (first === LOWER_N) {
      this.#note(value, NULL, NULL);
      return scan.word(start);
    }
    const holds = first === OPEN ? "object" : first === OPEN_LIST ? "array" : null;
    if (holds === null) return start < bytes.length ? IRREGULAR : MORE;
    // An array among objects is a fault of its record.
    if (this.#holds !== null && this.#holds !== holds) return IRREGULAR;
    this.#holds = holds;
    const end = holds === "object" ? this.objects.take(start) : this.#elements(start);
    if (end >= 0) this.#note(value, records, this.objects.records);
    return end;
  }

  /** The objects, and where those of each of so many values are. */
  found(bytes: Buffer, values: number): PackedNest {
    return {
      fields: this.objects.fields(bytes),
      spans: this.#spans.slice(0, 2 * values),
      holds: this.#holds,
    };
  }

  #note(value: number, from: number, to: number): void {
    const at = 2 * value;
    if (this.#spans.length < at + 2) {
      const larger = new Int32Array(Math.max(64, 2 * this.#spans.length, at + 2));
      larger.set(this.#spans);
      this.#spans = larger;
    }
    this.#spans[at] = from;
    this.#spans[at + 1] = to;
  }

  #elements(start: number): number {
    const scan = this.#scan;
    const { bytes } = scan;
    let place = scan.blank(start + 1);
    if (bytes[place] === CLOSE_LIST) return place + 1;
    for (;;) {
      if (bytes[place] !== OPEN) return this.#missing(place);
      place = this.objects.take(place);
      if (place < 0) return place;
      place = scan.blank(place);
      if (bytes[place] === CLOSE_LIST) return place + 1;
      if (bytes[place] !== COMMA) return this.#missing(place);
      place = scan.blank(place + 1);
    }
  }

  #missing(at: number): typeof IRREGULAR | typeof MORE {
    return at < this.#scan.bytes.length ? IRREGULAR : MORE;
  }
}
