/**
 * Splits `[ {…}, {…} ]`, or objects one after the other, into its elements: by depth and strings, at byte level.
 * Whether an element is valid JSON is left to `text.ts`.
 */
import type { Block } from "../bytes/blocks.ts";
import type { Span, Splitter } from "../text/record-stream.ts";
import { shellWord } from "../../errors/shell-word.ts";
import { RecordsSeeker } from "./seek.ts";
import { SplitterBase } from "../text/splitter-base.ts";

const CORRECT =
  "correct the JSON in that line, or get the file again; nothing after the last commit was kept";

const LF = 10;
const OPEN = 1;
const CLOSE = 2;
const QUOTE = 3;
const BACKSLASH = 4;
const BLANK = 5;
const COMMA = 6;
const LINE = 7;

const KINDS = new Uint8Array(256);
for (const char of "[{") KINDS[char.charCodeAt(0)] = OPEN;
for (const char of "]}") KINDS[char.charCodeAt(0)] = CLOSE;
for (const char of " \t\r") KINDS[char.charCodeAt(0)] = BLANK;
KINDS[0x22] = QUOTE;
KINDS[0x5c] = BACKSLASH;
KINDS[0x2c] = COMMA;
KINDS[LF] = LINE;

type ArrayState =
  /** Before the first byte that is not white space. */
  "outside" | "first element" | "next element" | "after element" | "sequence" | "array ended";

/** The JSON splitter. */
export class JsonSplitter extends SplitterBase implements Splitter<Span> {
  #place: ArrayState = "outside";
  #inElement = false;
  #isArray = false;
  #scalar = false;
  #inString = false;
  #escaped = false;
  #depth = 0;
  /** What finds the records in their documents; `null`: they are all there is. */
  readonly #seeker: RecordsSeeker | null;
  #documents = 0;

  /** `records`: the way to the array that holds the records of a document; `null`: they are all there is. */
  constructor(limit: number, records: readonly string[] | null = null) {
    super(limit);
    this.#seeker = records === null ? null : new RecordsSeeker(records);
  }

  take(block: Block, max: number): Span[] {
    const spans: Span[] = [];
    const { bytes } = block;
    while (this.pos < bytes.length && spans.length < max && this.failure === null) {
      if (this.#isSeeking) this.#seek(bytes);
      else if (!this.#inElement) this.#between(bytes);
      else if (this.#element(bytes)) spans.push(this.#span());
      else this.dropWhenTooLong();
    }
    if (block.last && this.pos === bytes.length && spans.length < max) this.#end(spans);
    return spans;
  }

  get #isSeeking(): boolean {
    return this.#seeker !== null && (this.#place === "outside" || this.#place === "array ended");
  }

  /** Goes to the next array of records, over the end of the document at hand. */
  #seek(bytes: Buffer): void {
    const seeker = this.#seeker;
    if (seeker === null) return;
    const stop = seeker.seek(bytes, this.pos);
    this.pos = seeker.pos;
    this.line += seeker.lines;
    if (seeker.failure !== null) this.#notFound(seeker);
    else if (stop === "records") {
      this.#documents += seeker.depth === 0 ? 1 : 0;
      this.#isArray = true;
      this.#place = "first element";
      this.pos += 1;
    } else if (stop === "document") {
      this.#documents += 1;
      this.#place = "outside";
      seeker.begin();
    }
  }

  #notFound({ failure, fixes, isMissing }: RecordsSeeker): void {
    const [first, ...others] = fixes.map((pointer) => `--records ${shellWord(pointer)}`);
    this.failure = {
      code: isMissing ? "SOURCE_RECORDS" : "SOURCE_CORRUPT",
      reason: `${failure ?? ""} (line ${this.line})`,
      ...(first === undefined ? {} : { fix: `pass ${[first, ...others].join(" or ")}` }),
    };
  }

  /** Several documents, one after the other: nothing tells which is the last. */
  get hasDocuments(): boolean {
    return this.#documents > 1;
  }

  /** Something but white space was seen. */
  get hasBegun(): boolean {
    return this.#place !== "outside";
  }

  /** The elements stand in an array. */
  get isArray(): boolean {
    return this.#isArray;
  }

  /** `pos` is after an element; at least one was taken before. */
  override goTo(pos: number, line: number): void {
    super.goTo(pos, line);
    this.#leave();
  }

  override get keepFrom(): number {
    return this.#inElement ? super.keepFrom : this.pos;
  }

  /** Goes over what is between elements, to the beginning of the next. */
  #between(bytes: Buffer): void {
    while (this.pos < bytes.length && this.failure === null && !this.#isSeeking) {
      const byte = bytes[this.pos] as number;
      const kind = KINDS[byte] as number;
      if (kind === LINE) this.line += 1;
      else if (kind !== BLANK && this.#punctuation(byte)) {
        this.begin();
        this.#inElement = true;
        this.#scalar = kind !== OPEN && kind !== QUOTE;
        return;
      }
      if (this.failure === null) this.pos += 1;
    }
  }

  /** True when `byte` is no punctuation of the array but the beginning of an element. */
  #punctuation(byte: number): boolean {
    const char = String.fromCharCode(byte);
    switch (this.#place) {
      case "outside":
        this.#isArray = char === "[";
        this.#place = this.#isArray ? "first element" : "sequence";
        return !this.#isArray;
      case "sequence":
        return true;
      case "array ended":
        return this.#wrong("something follows the closing ]");
      case "after element":
        if (char === "]") this.#leaveArray();
        else if (char === ",") this.#place = "next element";
        else this.#wrong("a comma or the closing ] is missing");
        return false;
      case "first element":
        if (char !== "]") break;
        this.#leaveArray();
        return false;
      case "next element":
        break;
    }
    return char === "," || char === "]" || char === "}"
      ? this.#wrong("an element is missing")
      : true;
  }

  /** Goes on in an element; true when `pos` is after it. */
  #element(bytes: Buffer): boolean {
    if (this.#scalar) return this.#scalarEnd(bytes);
    let at = this.pos;
    let done = false;
    for (; at < bytes.length && !done; at += 1) {
      const kind = KINDS[bytes[at] as number] as number;
      if (kind === 0) this.#escaped = false;
      else if (kind === LINE) {
        this.line += 1;
        this.#escaped = false;
      } else if (this.#inString) {
        if (kind === QUOTE && !this.#escaped) {
          this.#inString = false;
          done = this.#depth === 0;
        }
        this.#escaped = kind === BACKSLASH && !this.#escaped;
      } else if (kind === QUOTE) this.#inString = true;
      else if (kind === OPEN) this.#depth += 1;
      else if (kind === CLOSE) {
        this.#depth -= 1;
        done = this.#depth === 0;
      }
    }
    this.pos = at;
    return done;
  }

  #scalarEnd(bytes: Buffer): boolean {
    // What begins with punctuation in a sequence is an element of one byte, and not valid.
    let at = Math.max(this.pos, this.start + 1);
    for (; at < bytes.length; at += 1) {
      const kind = KINDS[bytes[at] as number] as number;
      if (kind !== 0 && kind !== BACKSLASH) break;
    }
    this.pos = at;
    return at < bytes.length;
  }

  #leaveArray(): void {
    this.#place = this.#seeker?.depth === 0 ? "outside" : "array ended";
    this.#seeker?.leave();
    if (this.#place === "outside") this.#seeker?.begin();
  }

  /** What is true after an element. */
  #leave(): void {
    this.#inElement = false;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    if (this.#isArray) this.#place = "after element";
  }

  #span(): Span {
    this.#leave();
    return {
      start: this.start,
      contentEnd: this.pos,
      end: this.pos,
      firstLine: this.firstLine,
      lastLine: this.line,
      fault: this.tooLong(this.pos),
    };
  }

  #end(spans: Span[]): void {
    if (this.failure !== null) return;
    if (this.#inElement && this.#scalar && !this.#isArray) spans.push(this.#span());
    else if (this.#inElement) this.#fail("it ends within an element");
    else if (this.#isSeeking) {
      if ((this.#seeker?.depth ?? 0) > 0) this.#fail("it ends within its document");
    } else if (this.#isArray && this.#place !== "array ended")
      this.#fail("the closing ] is missing");
  }

  /** What is there is not JSON, rather than that something is not there. */
  #wrong(problem: string): false {
    const reason = `${problem} (line ${this.line})`;
    this.failure = { code: "SOURCE_CORRUPT", reason, fix: CORRECT };
    return false;
  }

  #fail(problem: string): false {
    this.failure = { code: "SOURCE_CORRUPT", reason: `${problem} (line ${this.line})` };
    return false;
  }
}
