/**
 * NDJSON and JSON: each line or element is a record. Only the splitter differs.
 */
import type { RecordChunk, SourceRecord } from "../model/record.ts";
import type { Reject } from "../model/reject.ts";
import { CHUNK_RECORDS } from "./format-reader.ts";
import type { FormatReader, ReaderInput } from "./format-reader.ts";
import { jsonMembers } from "./json-members.ts";
import type { JsonMembers } from "./json-members.ts";
import { JsonShapes } from "./json-shapes.ts";
import { JsonSplitter } from "./json-splitter.ts";
import { LineSplitter } from "./line-splitter.ts";
import { NullRule } from "./null-rule.ts";
import { readReject } from "./read-reject.ts";
import { positionOf, RecordStream } from "./record-stream.ts";
import type { Fault, Span, Stretch } from "./record-stream.ts";
import type { ReadOptions } from "./source.ts";

/** Prepares the records of a JSON or NDJSON source. */
export function openJson(
  input: ReaderInput,
  options: ReadOptions,
  format: "json" | "ndjson",
): FormatReader {
  const limit = options.maxRecordBytes;
  const splitter = format === "json" ? new JsonSplitter(limit) : new LineSplitter(limit);
  const stream = new RecordStream<Span>(input, splitter, input.first, input.base);
  return {
    fields: null,
    preamble: input.mark,
    chunks: () => chunks(stream, new JsonRecords(input, options), options.limit),
  };
}

async function* chunks(
  stream: RecordStream<Span>,
  records: JsonRecords,
  limit: number | null,
): AsyncGenerator<RecordChunk> {
  let left = limit ?? Infinity;
  while (left > 0) {
    const stretch = await stream.next(Math.min(CHUNK_RECORDS, left));
    if (stretch === null) return;
    left -= stretch.spans.length;
    yield records.chunk(stretch);
  }
}

class JsonRecords {
  readonly #input: ReaderInput;
  readonly #nulls: NullRule;
  readonly #shapes = new JsonShapes();
  #record = 0;

  constructor(input: ReaderInput, options: ReadOptions) {
    this.#input = input;
    this.#nulls = new NullRule(options);
  }

  chunk(stretch: Stretch<Span>): RecordChunk {
    const records: SourceRecord[] = [];
    const rejects: Reject[] = [];
    for (const span of stretch.spans) {
      this.#record += 1;
      const position = positionOf(this.#input.name, stretch, span, this.#record);
      const from = Math.max(0, span.start);
      const raw = this.#input.charset.original(stretch.bytes.subarray(from, Math.max(0, span.end)));
      const found = span.fault ?? this.#members(stretch.bytes.subarray(from, span.contentEnd));
      if ("code" in found) rejects.push(readReject(position, found, raw));
      else records.push({ ...this.#values(found), position, raw });
    }
    return { records, rejects, packed: null };
  }

  #members(bytes: Buffer): JsonMembers | Fault {
    const text = this.#input.charset.decode(bytes);
    if (text !== null) return jsonMembers(text);
    const message = `the record is not valid ${this.#input.charset.name}`;
    return { code: "ROW_ENCODING", message };
  }

  #values(members: JsonMembers): Pick<SourceRecord, "shape" | "values" | "kinds"> {
    const { shape, values, kinds } = this.#shapes.shaped(members);
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      if (kinds[index] === "text" && typeof value === "string") {
        values[index] = this.#nulls.ofString(shape.fields[index] ?? "", value);
      }
    }
    return { shape, values, kinds };
  }
}
