/**
 * Records and rejects of CSV runs: names, counts of fields, NULLs and positions.
 */
import type { HeaderField } from "../../model/header.ts";
import type { BlankRecord, RecordChunk, RecordShape, SourceRecord } from "../../model/record.ts";
import type { Reject } from "../../model/reject.ts";
import type { Charset } from "../text/charset.ts";
import type { CsvFields } from "./fields.ts";
import type { CsvSpan } from "./span.ts";
import { NullRule } from "../text/null-rule.ts";
import { Joint } from "./joint.ts";
import type { JointKind } from "./joint.ts";
import type { JointRecords, SurplusFields } from "../format-reader.ts";
import { readReject } from "../text/read-reject.ts";
import { positionOf } from "../text/record-stream.ts";
import type { RecordFault, RecordRun } from "../text/record-stream.ts";
import type { ReadOptions } from "../source.ts";

/** Shapes that are kept of records that lack fields. */
const MOST_PARTIAL = 10_000;

/** Makes the chunks of one source; counts its records. */
export class CsvRecords {
  readonly #source: string;
  readonly #charset: Charset;
  readonly #texts: CsvFields;
  readonly #options: ReadOptions;
  readonly #header: readonly HeaderField[];
  readonly #fields: readonly string[];
  readonly #nulls: NullRule;
  /** Shapes by their number of fields: a record may have fewer than the header. */
  readonly #shapes = new Map<number, RecordShape>();
  /** Shapes of records of which fields count as absent, by those that are left. */
  readonly #partial = new Map<string, RecordShape>();
  #record = 0;
  #surplus: SurplusFields = { records: 0, line: 0 };
  readonly #joint: Joint;
  readonly #joints = new Map<JointKind, JointRecords>();

  constructor(
    source: { readonly name: string; readonly charset: Charset; readonly heading: Uint8Array },
    texts: CsvFields,
    options: ReadOptions,
    header: readonly HeaderField[],
  ) {
    this.#source = source.name;
    this.#charset = source.charset;
    this.#joint = new Joint(source.heading);
    this.#texts = texts;
    this.#options = options;
    this.#header = header;
    this.#fields = header.map(({ key }) => key);
    this.#nulls = new NullRule(options);
    this.#nulls.prepare(this.#fields);
  }

  /** The chunk of the next run. */
  chunk(run: RecordRun<CsvSpan>): RecordChunk {
    return this.chunkAt(run, this.number(run.spans.length));
  }

  /** Counts the next records; tells the number of the first. */
  number(records: number): number {
    const first = this.#record + 1;
    this.#record += records;
    return first;
  }

  /** Records that were counted so far. */
  get counted(): number {
    return this.#record;
  }

  /** Records with values beyond the header, which were dropped. */
  get surplus(): SurplusFields {
    return this.#surplus;
  }

  /** Notes a record whose surplus is more than the delimiter at its end. */
  #drop(texts: readonly string[], line: number): void {
    if (texts.slice(this.#fields.length).every((text) => text === "")) return;
    const { records, line: first } = this.#surplus;
    this.#surplus = { records: records + 1, line: records === 0 ? line : first };
  }

  /** Records as where files were joined. */
  get joints(): ReadonlyMap<JointKind, JointRecords> {
    return this.#joints;
  }

  #noteJoint(bytes: Uint8Array, start: number, line: number): void {
    if (!this.#joint.mayBegin(bytes[start])) return;
    const kind = this.#joint.at(bytes, start);
    if (kind === null) return;
    const { records, line: first } = this.#joints.get(kind) ?? { records: 0, line };
    this.#joints.set(kind, { records: records + 1, line: first });
  }

  /** Goes on after so many records. */
  goTo(records: number): void {
    this.#record = records;
  }

  /** The shape of records with all fields. */
  get shape(): RecordShape {
    return this.#shape(this.#fields.length);
  }

  /** The chunk of a run that begins with the record number `first`. */
  chunkAt(run: RecordRun<CsvSpan>, first: number): RecordChunk {
    const records: SourceRecord[] = [];
    const rejects: Reject[] = [];
    const blanks: BlankRecord[] = [];
    const all = this.#texts.texts(run);
    run.spans.forEach((span, index) => {
      const texts = all[index] ?? [];
      const values = Array.isArray(texts) ? this.#values(texts, span) : [];
      const isBlank = Array.isArray(texts) && this.#isBlank(texts, values);
      this.#noteJoint(run.bytes, span.start, span.firstLine);
      const fault = Array.isArray(texts) ? this.#miscounted(span, texts) : texts;
      const raw = this.#charset.original(
        run.bytes.subarray(Math.max(0, span.start), Math.max(0, span.end)),
      );
      const position = positionOf(this.#source, run, span, first + index);
      if (isBlank) blanks.push({ ...position, raw });
      else if (fault !== null) rejects.push(readReject(position, fault, raw));
      else if (Array.isArray(texts)) {
        if (span.count > this.#fields.length) this.#drop(texts, position.line[0]);
        records.push({ ...this.#present(texts, values), kinds: null, position, raw });
      }
    });
    const none = { records, rejects, packed: null, offsetAfter: null };
    return blanks.length === 0 ? none : { ...none, blanks };
  }

  /** Whether there is nothing in any field, and nothing says that an empty field is a text. Of one field alone that is a value. */
  #isBlank(texts: readonly string[], values: readonly (string | null)[]): boolean {
    if (this.#fields.length === 1 || texts.some((text) => text !== "")) return false;
    return values.every(
      (value, index) => value === null || this.#nulls.isAbsentWhenEmpty(this.#fields[index] ?? ""),
    );
  }

  /** The shape and the values of a record, without the fields that count as absent. */
  #present(
    texts: readonly string[],
    values: readonly (string | null)[],
  ): Pick<SourceRecord, "shape" | "values"> {
    const whole = this.#shape(values.length);
    if (!this.#nulls.makesAbsent) return { shape: whole, values };
    const isLeft = (index: number): boolean =>
      texts[index] !== "" || !this.#nulls.isAbsentWhenEmpty(this.#fields[index] ?? "");
    const left = [...values.keys()].filter(isLeft);
    if (left.length === values.length) return { shape: whole, values };
    const key = left.join();
    let shape = this.#partial.get(key);
    if (shape === undefined) {
      shape = {
        fields: this.#fields.filter((_, index) => left.includes(index)),
        header: this.#header.filter((_, index) => left.includes(index)),
      };
      if (this.#partial.size < MOST_PARTIAL) this.#partial.set(key, shape);
    }
    return { shape, values: left.map((index) => values[index] ?? null) };
  }

  #miscounted(span: CsvSpan, texts: readonly string[]): RecordFault | null {
    const expected = this.#fields.length;
    const { missingFields, extraFields } = this.#options;
    const short = missingFields === null || missingFields === "error";
    const wrong = span.count < expected ? short : span.count > expected && extraFields === "error";
    if (!wrong) return null;
    const found = span.count === 1 ? "1 field" : `${span.count} fields`;
    const isTrailing = span.count === expected + 1 && texts[expected] === "";
    const isCut = span.count < expected && span.end === span.contentEnd;
    const trailing = isTrailing ? "; the last is empty, and --extra-fields ignore drops it" : "";
    const hint = isCut ? "; it may be cut: nothing ends the last line" : trailing;
    return { code: "ROW_FIELD_COUNT", message: `${found} found, ${expected} expected${hint}` };
  }

  #values(texts: readonly string[], span: CsvSpan): (string | null)[] {
    const expected = this.#fields.length;
    const values: (string | null)[] =
      texts.length > expected ? texts.slice(0, expected) : [...texts];
    this.#nulls.apply(values, span.quoted);
    if (this.#options.missingFields === "null") {
      while (values.length < expected) values.push(null);
    }
    return values;
  }

  #shape(length: number): RecordShape {
    let shape = this.#shapes.get(length);
    if (shape === undefined) {
      shape = { fields: this.#fields.slice(0, length), header: this.#header.slice(0, length) };
      this.#shapes.set(length, shape);
    }
    return shape;
  }
}
