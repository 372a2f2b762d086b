/**
 * Records and rejects of JSON runs: names, kinds, NULLs and positions.
 */
import type { RecordChunk, SourceRecord } from "../../model/record.ts";
import type { Reject } from "../../model/reject.ts";
import type { ReaderInput } from "../format-reader.ts";
import { jsonMembers } from "./members.ts";
import type { JsonMembers } from "./members.ts";
import { addPaths, memberPaths } from "./paths.ts";
import type { MemberPath } from "./paths.ts";
import type { JsonShapes, ShapedMembers } from "./shapes.ts";
import { NullRule } from "../text/null-rule.ts";
import { readReject } from "../text/read-reject.ts";
import { positionOf } from "../text/record-stream.ts";
import type { RecordFault, Span, RecordRun } from "../text/record-stream.ts";
import type { ReadOptions } from "../source.ts";

/** Makes the chunks of one source; counts its records. */
export class JsonRecords {
  readonly #input: ReaderInput;
  readonly #nulls: NullRule;
  readonly #shapes: JsonShapes;
  /** What is taken out of objects, and out of which members. */
  readonly #paths: readonly MemberPath[];
  readonly #parents: ReadonlySet<string>;
  /** Records are taken out of documents, by `--records`. */
  readonly #isInDocument: boolean;
  #record = 0;

  constructor(input: ReaderInput, options: ReadOptions, shapes: JsonShapes) {
    this.#input = input;
    this.#nulls = new NullRule(options);
    this.#shapes = shapes;
    this.#paths = memberPaths(options.paths ?? []);
    this.#parents = new Set(this.#paths.map(({ parts }) => parts[0] ?? ""));
    this.#isInDocument = (options.records ?? null) !== null;
  }

  /** The chunk of the next run. */
  chunk(run: RecordRun<Span>): RecordChunk {
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

  /** Goes on after so many records. */
  goTo(records: number): void {
    this.#record = records;
  }

  /** The chunk of a run that begins with the record number `first`. */
  chunkAt(run: RecordRun<Span>, first: number): RecordChunk {
    const records: SourceRecord[] = [];
    const rejects: Reject[] = [];
    for (const [index, span] of run.spans.entries()) {
      const position = positionOf(this.#input.name, run, span, first + index);
      const from = Math.max(0, span.start);
      const raw = this.#rawOf(run.bytes.subarray(from, Math.max(0, span.end)));
      const found = span.fault ?? this.#members(run.bytes.subarray(from, span.contentEnd));
      if ("code" in found) rejects.push(readReject(position, found, raw));
      else records.push({ ...this.#values(found), position, raw });
    }
    return { records, rejects, packed: null, offsetAfter: null };
  }

  /** What a reject file gets: of a record out of a document an array, which the same flags read as it is. */
  #rawOf(bytes: Buffer): Uint8Array {
    const { charset } = this.#input;
    return charset.original(
      this.#isInDocument ? Buffer.concat([Buffer.from("["), bytes, Buffer.from("]")]) : bytes,
    );
  }

  #members(bytes: Buffer): JsonMembers | RecordFault {
    const text = this.#input.charset.decode(bytes);
    if (text !== null) return this.#membersOf(text);
    const message = `the record is not valid ${this.#input.charset.name}`;
    return { code: "ROW_ENCODING", message };
  }

  #membersOf(text: string): JsonMembers | RecordFault {
    const { keeps } = this.#input;
    if (this.#paths.length === 0) return jsonMembers(text, keeps);
    const members = jsonMembers(
      text,
      keeps === undefined ? undefined : (name) => this.#parents.has(name) || keeps(name),
    );
    return "code" in members ? members : addPaths(members, this.#paths);
  }

  #values(members: JsonMembers): Pick<SourceRecord, "shape" | "values" | "kinds"> {
    const { shape, values, kinds } = this.#present(this.#shapes.shaped(members));
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      if (kinds[index] === "text" && typeof value === "string") {
        values[index] = this.#nulls.ofString(shape.fields[index] ?? "", value);
      }
    }
    return { shape, values, kinds };
  }

  /** The record without the members that count as absent for being empty. */
  #present(record: ShapedMembers): ShapedMembers {
    if (!this.#nulls.makesAbsent) return record;
    const { shape, values, kinds } = record;
    const isLeft = (at: number): boolean =>
      values[at] !== "" || !this.#nulls.isAbsentWhenEmpty(shape.fields[at] ?? "");
    const left = [...values.keys()].filter(isLeft);
    if (left.length === values.length) return record;
    return this.#shapes.shaped({
      names: left.map((at) => shape.fields[at] ?? ""),
      values: left.map((at) => values[at] ?? null),
      kinds: left.map((at) => kinds[at] ?? "text"),
    });
  }
}
