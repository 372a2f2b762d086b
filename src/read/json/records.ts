/**
 * Records and rejects of JSON runs: names, kinds, NULLs and positions.
 */
import type { NestMember } from "../../model/nest/nesting.ts";
import type { Position, RecordChunk, RecordShape, SourceRecord } from "../../model/record.ts";
import type { Reject } from "../../model/reject.ts";
import type { ReaderInput, RepeatedNames } from "../format-reader.ts";
import { jsonMembers } from "./members.ts";
import type { JsonMembers } from "./members.ts";
import { addPaths, memberPaths } from "./paths.ts";
import type { MemberPath } from "./paths.ts";
import { takeApart } from "./nested.ts";
import { JsonShapes } from "./shapes.ts";
import type { ShapedMembers } from "./shapes.ts";
import { nestedOptions, NullRule } from "../text/null-rule.ts";
import { readReject } from "../text/read-reject.ts";
import { positionOf } from "../text/record-stream.ts";
import type { RecordFault, Span, RecordRun } from "../text/record-stream.ts";
import type { ReadOptions } from "../source.ts";

/** Makes the chunks of one source; counts its records. */
export class JsonRecords {
  readonly #input: ReaderInput;
  readonly #nulls: NullRule;
  readonly #shapes: JsonShapes;
  /** Those with the members that hold records. */
  readonly #whole: JsonShapes;
  /** What is taken out of objects, and the members that something is taken out of. */
  readonly #paths: readonly MemberPath[];
  readonly #parents: ReadonlySet<string>;
  /** The members that hold records. */
  readonly #nests: readonly NestMember[];
  readonly #nestedNulls: NullRule;
  readonly #nestedShapes = new JsonShapes();
  /** Records are taken out of documents, by `--records`. */
  readonly #isInDocument: boolean;
  #record = 0;
  #repeated: RepeatedNames | null = null;
  /** The last record that was noted for such a name. */
  #noted = 0;

  constructor(input: ReaderInput, options: ReadOptions, shapes: JsonShapes) {
    this.#input = input;
    this.#nulls = new NullRule(options);
    this.#shapes = shapes;
    this.#whole = (options.nests ?? []).length === 0 ? shapes : new JsonShapes();
    this.#paths = memberPaths(options.paths ?? []);
    this.#parents = new Set([
      ...this.#paths.map(({ parts }) => parts[0] ?? ""),
      ...(options.nests ?? []).map(({ name }) => name),
    ]);
    this.#nests = options.nests ?? [];
    this.#nestedNulls = new NullRule(nestedOptions(options));
    this.#isInDocument = (options.records ?? null) !== null;
  }

  /** The shape with these names that other records of the source have. */
  shapeOf({ fields }: RecordShape): RecordShape {
    return this.#shapes.shaped({ names: [...fields], values: [], kinds: [] }).shape;
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

  /** Names that are there twice in one object; `null`: none is. */
  get repeated(): RepeatedNames | null {
    return this.#repeated;
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
      else {
        const record = this.#recordOf(found, { position, raw });
        if ("code" in record) rejects.push(readReject(position, record, raw));
        else records.push(record);
      }
    }
    return { records, rejects, packed: null, offsetAfter: null };
  }

  /** The record, with those in its members where they are asked for. */
  #recordOf(
    members: JsonMembers,
    of: Pick<SourceRecord, "position" | "raw">,
  ): SourceRecord | RecordFault {
    this.#noteRepeated(this.#whole.repeatedIn(members.names), of.position);
    if (this.#nests.length === 0) return { ...this.#values(members), ...of };
    const values = (own: JsonMembers): RecordValues => this.#nestedValues(own);
    const see = (names: readonly string[]): void =>
      this.#noteRepeated(this.#nestedShapes.repeatedIn(names), of.position);
    const apart = takeApart(members, this.#nests, { values, of, see });
    if ("code" in apart) return apart;
    return { ...this.#values(apart.own), ...of, nested: apart.nested };
  }

  #noteRepeated(name: string | null, { record, line }: Position): void {
    if (name === null || record === this.#noted) return;
    this.#noted = record;
    const { records, ...first } = this.#repeated ?? { records: 0, line: line[0], name };
    this.#repeated = { ...first, records: records + 1 };
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
    if (this.#parents.size === 0) return jsonMembers(text, keeps);
    const members = jsonMembers(
      text,
      keeps === undefined ? undefined : (name) => this.#parents.has(name) || keeps(name),
    );
    if (this.#paths.length === 0) return members;
    return "code" in members ? members : addPaths(members, this.#paths);
  }

  #values(members: JsonMembers): RecordValues {
    return withNulls(this.#present(this.#shapes.shaped(members)), this.#nulls);
  }

  /** Of a record in a record: what flags say of single fields is about those of the record itself. */
  #nestedValues(members: JsonMembers): RecordValues {
    return withNulls(this.#nestedShapes.shaped(members), this.#nestedNulls);
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

/** What the members of a record come to. */
type RecordValues = Pick<SourceRecord, "shape" | "values" | "kinds">;

function withNulls({ shape, values, kinds }: ShapedMembers, nulls: NullRule): RecordValues {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (kinds[index] === "text" && typeof value === "string") {
      values[index] = nulls.ofString(shape.fields[index] ?? "", value);
    }
  }
  return { shape, values, kinds };
}
