/**
 * Finds the array of records in a JSON document, byte by byte, and goes over what comes before and after it: a document may be
 * larger than the memory. What is passed over is held to its brackets and strings, not to all of JSON.
 */
import { pointerOf } from "../../model/json/json-pointer.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 0x0a;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** No name on the way to records is longer; it would not be found. */
const LONGEST_NAME = 64 * 1024;

/** Arrays that are named where the one that was asked for is not there. */
const NAMED = 3;

/** An array or an object that is not closed yet. */
interface Container {
  readonly isArray: boolean;
  /** It is on the way to the records. */
  readonly isOnWay: boolean;
  /** The name or the place of the value at hand. */
  part: string;
  /** Of an object: a name comes next. */
  wantsName: boolean;
}

/** Where looking has stopped: at the bracket that opens the records, at the end of a document, or for want of bytes. */
export type SeekStop = "records" | "document" | "more";

/** Looks through the documents of one source. */
export class RecordsSeeker {
  readonly #parts: readonly string[];
  readonly #stack: Container[] = [];
  #inString = false;
  #escaped = false;
  /** The bytes of the name at hand, its opening quote included; `null` in other strings. */
  #name: number[] | null = null;
  #found = false;
  readonly #arrays: string[] = [];
  /** The byte to look at next, and lines that were passed. */
  pos = 0;
  lines = 0;
  /** Why the rest of the source has no meaning. */
  failure: string | null = null;
  /** A document has no such array. */
  isMissing = false;
  /** What `--records` should be then. */
  readonly fixes: string[] = [];

  /** `parts`: the way to the records. */
  constructor(parts: readonly string[]) {
    this.#parts = parts;
  }

  /** Arrays and objects that are open. */
  get depth(): number {
    return this.#stack.length;
  }

  /** Looks on from `from`. An array at the top is one of records. */
  seek(bytes: Buffer, from: number): SeekStop {
    this.pos = from;
    this.lines = 0;
    while (this.pos < bytes.length && this.failure === null) {
      const byte = bytes[this.pos] as number;
      if (byte === LF) this.lines += 1;
      if (this.#inString) this.#string(byte);
      else if (this.#isRecords(byte)) return "records";
      else this.#structure(byte);
      this.pos += 1;
      if (this.#isEnd(byte)) return "document";
    }
    return "more";
  }

  /** Forgets the document that has ended, and what was found in it. */
  begin(): void {
    this.#found = false;
    this.#arrays.length = 0;
  }

  /** The array of records was left, its closing bracket behind it. */
  leave(): void {
    this.#found = true;
  }

  #isEnd(byte: number): boolean {
    if (this.#stack.length > 0 || this.failure !== null) return false;
    if (byte !== CLOSE_ARRAY && byte !== CLOSE_OBJECT) return false;
    if (!this.#found) this.#missing();
    return this.failure === null;
  }

  #missing(): void {
    const [first] = this.#arrays;
    const asked = pointerOf(this.#parts);
    this.isMissing = true;
    this.failure = `its document has no array at ${asked === "" ? "the top" : asked}`;
    if (first !== undefined) {
      this.failure += `; there is one at ${this.#arrays.slice(0, NAMED).join(", ")}`;
      this.fixes.push(...this.#arrays.slice(0, NAMED));
    }
  }

  /** Whether the records begin at this byte, which begins a value. */
  #isRecords(byte: number): boolean {
    if (byte !== OPEN_ARRAY) return false;
    if (this.#stack.length === 0) return true;
    if (!this.#isTarget()) return false;
    if (this.#found) this.failure = `${pointerOf(this.#parts)} is there twice`;
    return !this.#found;
  }

  #isTarget(): boolean {
    return this.#stack.length === this.#parts.length && this.#leads();
  }

  /** Whether the value at hand is on the way to the records, or is what lies at its end. */
  #leads(): boolean {
    const last = this.#stack.at(-1);
    if (last === undefined) return true;
    return last.isOnWay && !last.wantsName && last.part === this.#parts[this.#stack.length - 1];
  }

  #string(byte: number): void {
    if (this.#name !== null && this.#name.length < LONGEST_NAME) this.#name.push(byte);
    if (byte === QUOTE && !this.#escaped) {
      this.#inString = false;
      const last = this.#stack.at(-1);
      if (this.#name !== null && last !== undefined) last.part = nameOf(this.#name);
      this.#name = null;
    }
    this.#escaped = byte === BACKSLASH && !this.#escaped;
  }

  #structure(byte: number): void {
    const last = this.#stack.at(-1);
    switch (byte) {
      case QUOTE:
        if (last === undefined) this.#noDocument();
        this.#inString = true;
        this.#name = last !== undefined && !last.isArray && last.wantsName ? [QUOTE] : null;
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        this.#open(byte === OPEN_ARRAY);
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        if (last?.isArray !== (byte === CLOSE_ARRAY)) this.#unbalanced(byte);
        this.#stack.pop();
        break;
      case COLON:
        if (last !== undefined) last.wantsName = false;
        break;
      case COMMA:
        if (last?.isArray === true) last.part = String(Number(last.part) + 1);
        else if (last !== undefined) last.wantsName = true;
        break;
      default:
        if (last === undefined && byte > 0x20) this.#noDocument();
    }
  }

  #open(isArray: boolean): void {
    const isOnWay = this.#leads();
    if (!isArray) this.#noteArray();
    this.#stack.push({ isArray, isOnWay, part: isArray ? "0" : "", wantsName: !isArray });
  }

  /** Notes the array whose first element is the object that begins here, and which is in no other: it may be one of records. */
  #noteArray(): void {
    const last = this.#stack.at(-1);
    if (last?.isArray !== true || last.part !== "0" || this.#arrays.length >= NAMED) return;
    const around = this.#stack.slice(0, -1);
    if (around.some((each) => each.isArray)) return;
    this.#arrays.push(pointerOf(around.map(({ part }) => part)));
  }

  #unbalanced(byte: number): void {
    this.failure ??= `${String.fromCharCode(byte)} closes nothing`;
  }

  #noDocument(): void {
    this.failure ??= "with --records it must be a JSON document: an object, or an array";
  }
}

/** A name by its bytes; empty for one that is none. */
function nameOf(bytes: readonly number[]): string {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as string;
  } catch {
    return "";
  }
}
