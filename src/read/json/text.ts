/**
 * Walks one JSON text and accepts exactly what JSON.parse does, but never makes a JavaScript value of it:
 * numbers keep their literal and nested values their text. What valid JSON must not hold here (lone surrogates,
 * depth, U+0000 in names of fields) is noted on the way; which databases store U+0000 in a value is not known here.
 */
import type { RowCode } from "../../model/reject.ts";
import type { RecordFault } from "../text/record-stream.ts";

const MAX_DEPTH = 256;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A walk over one text. Methods take a place and give the place after, or -1 when `fault` says why not. */
export class JsonText {
  readonly text: string;
  /** Why this is no JSON. */
  fault: RecordFault | null = null;
  /** Why this JSON is refused all the same. */
  refused: RecordFault | null = null;
  /** Whether the string walked over last has escapes. */
  #escaped = false;

  constructor(text: string) {
    this.text = text;
  }

  /** The place of the next character that is not white space. */
  blank(at: number): number {
    let place = at;
    for (;;) {
      const code = this.text.charCodeAt(place);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return place;
      place += 1;
    }
  }

  /** Goes over any value that begins at `at`. */
  value(at: number, depth: number): number {
    switch (this.text.charAt(at)) {
      case '"':
        return this.string(at);
      case "{":
        return this.#object(at, depth + 1);
      case "[":
        return this.#array(at, depth + 1);
      case "t":
        return this.#word(at, "true");
      case "f":
        return this.#word(at, "false");
      case "n":
        return this.#word(at, "null");
      default:
        return this.#number(at);
    }
  }

  /** Goes over the string whose opening quote is at `at`. */
  string(at: number): number {
    const { text } = this;
    let escaped = false;
    let unicode = false;
    for (let place = at + 1; place < text.length; place += 1) {
      const code = text.charCodeAt(place);
      if (code === QUOTE) {
        this.#escaped = escaped;
        if (unicode) this.#checkText(at, place + 1);
        return place + 1;
      }
      if (code < 0x20) return this.fail(place);
      if (code !== BACKSLASH) continue;
      escaped = true;
      const length = this.#escapeLength(place);
      if (length === 0) return this.fail(place);
      if (length === 6) unicode = true;
      place += length - 1;
    }
    return this.fail(text.length);
  }

  /** The text that the string just gone over stands for. */
  decoded(from: number, to: number): string {
    const { text } = this;
    return this.#escaped
      ? (JSON.parse(text.slice(from, to)) as string)
      : text.slice(from + 1, to - 1);
  }

  /** The name of a field, that `string` just went over; no column is called by U+0000. */
  name(from: number, to: number): string {
    const name = this.decoded(from, to);
    if (name.includes("\0"))
      this.refused ??= fault("ROW_NUL", "the name of a field holds U+0000, which no column can");
    return name;
  }

  /** Notes that there is no JSON at `at`. */
  fail(at: number): -1 {
    if (this.fault !== null) return -1;
    const char = this.text[at];
    const where = `at character ${at + 1} of the record`;
    if (char === undefined) this.fault = fault("ROW_JSON", `not JSON: it ends too early, ${where}`);
    else if (char === "\0") this.fault = fault("ROW_NUL", `a NUL character is ${where}`);
    else {
      const shown = JSON.stringify(String.fromCodePoint(this.text.codePointAt(at) ?? 0));
      this.fault = fault("ROW_JSON", `not JSON: ${shown} is unexpected ${where}`);
    }
    return -1;
  }

  #escapeLength(at: number): number {
    const next = this.text[at + 1];
    if (next === undefined) return 0;
    if (next === "u") return /^[0-9a-fA-F]{4}$/.test(this.text.slice(at + 2, at + 6)) ? 6 : 0;
    return '"\\/bfnrt'.includes(next) ? 2 : 0;
  }

  #checkText(from: number, to: number): void {
    if (this.decoded(from, to).isWellFormed()) return;
    this.refused ??= fault("ROW_SURROGATE", "a string holds half of a surrogate pair");
  }

  #word(at: number, word: string): number {
    if (this.text.startsWith(word, at)) return at + word.length;
    let same = 1;
    while (this.text[at + same] === word[same]) same += 1;
    return this.fail(at + same);
  }

  #number(at: number): number {
    NUMBER.lastIndex = at;
    return NUMBER.test(this.text) ? NUMBER.lastIndex : this.fail(at);
  }

  #array(at: number, depth: number): number {
    if (depth > MAX_DEPTH) return this.#tooDeep();
    return this.elements(at, (place) => this.value(place, depth));
  }

  /** Goes over the array that begins at `at`. `element` is called at each value, and gives the place after it. */
  elements(at: number, element: (place: number) => number): number {
    let place = this.blank(at + 1);
    if (this.text[place] === "]") return place + 1;
    for (;;) {
      place = element(place);
      if (place < 0) return -1;
      place = this.blank(place);
      const char = this.text[place];
      if (char === "]") return place + 1;
      if (char !== ",") return this.fail(place);
      place = this.blank(place + 1);
    }
  }

  #object(at: number, depth: number): number {
    if (depth > MAX_DEPTH) return this.#tooDeep();
    return this.members(at, (place) => this.value(place, depth));
  }

  /**
   * Goes over the object that begins at `at`. `member` is called at each value, after `string` went over the name
   * (`nameStart`, `nameEnd`), and gives the place after the value.
   */
  members(
    at: number,
    member: (place: number, nameStart: number, nameEnd: number) => number,
  ): number {
    let place = this.blank(at + 1);
    if (this.text[place] === "}") return place + 1;
    for (;;) {
      if (this.text.charCodeAt(place) !== QUOTE) return this.fail(place);
      const nameStart = place;
      const nameEnd = this.string(place);
      if (nameEnd < 0) return -1;
      place = this.blank(nameEnd);
      if (this.text[place] !== ":") return this.fail(place);
      place = member(this.blank(place + 1), nameStart, nameEnd);
      if (place < 0) return -1;
      place = this.blank(place);
      const char = this.text[place];
      if (char === "}") return place + 1;
      if (char !== ",") return this.fail(place);
      place = this.blank(place + 1);
    }
  }

  #tooDeep(): -1 {
    this.fault ??= fault("ROW_TOO_DEEP", `nested more than ${MAX_DEPTH} deep`);
    return -1;
  }
}

function fault(code: RowCode, message: string): RecordFault {
  return { code, message };
}
