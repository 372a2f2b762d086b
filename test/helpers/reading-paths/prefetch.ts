/**
 * A program: reads random CSV and NDJSON sources ahead in a thread and without one, and tells how much a thread has found, and
 * in how many chunks it has encoded the records as they are encoded here.
 * A process of its own, because the thread runs TypeScript only where the process does.
 */
import * as fc from "fast-check";
import { Readable } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import type { AheadEncoding } from "../../../src/model/encoded.ts";
import type { PackedFields } from "../../../src/model/packed.ts";
import type { RecordChunk } from "../../../src/model/record.ts";
import { openSource } from "../../../src/sources/open-source.ts";
import { encoderOf, pageEncoding } from "../../../src/targets/sqlite/stage/page-encoder.ts";
import { seedProperties } from "../../tiers/seed.ts";
import type { PathInput } from "./compare-paths.ts";
import { csvInput } from "./csv-input.ts";
import { ndjsonInput } from "./ndjson-input.ts";

/** Blocks whose records a thread has found. */
let ahead = 0;
/** Chunks whose records it has encoded. */
let encoded = 0;
process.on("worker", (worker) =>
  worker.on("message", (message) => (ahead += message === "there" ? 0 : 1)),
);

/** As a table takes the fields that has a column of each affinity in turn. */
function encodingOf({ shape: { fields } }: PackedFields): AheadEncoding {
  const affinities = ["text", "numeric", "integer", "real"] as const;
  const bound = fields.map((name, at) => {
    const affinity = affinities[at % affinities.length] ?? "text";
    return { name, affinity, type: affinity, isBytes: false, promised: null };
  });
  const columns = fields.map((_, field) => ({ field, constant: null }));
  return pageEncoding({ fields, columns, bound, typed: true, integer: -1 });
}

/** The fields alone; the target's part in them is looked at here. */
function withoutTarget({ ahead: reader, encoded: found, ...fields }: PackedFields): PackedFields {
  reader?.encode(encodingOf(fields));
  if (found === undefined) return fields;
  const { by: _by, of: _of, ...bytes } = found;
  const isSame = (most: number): boolean =>
    isDeepStrictEqual(bytes, encoderOf(found.by.data)(fields, most));
  // It may have left the last records to others.
  const last = found.starts.findLastIndex((start, at) => start !== found.ends[at]);
  if (!isSame(last + 1)) throw new Error("a thread encodes other bytes");
  encoded += 1;
  return fields;
}

/** All that is read, as values that can be compared. */
async function read({ bytes, options, blocks }: PathInput, aheadFrom: number): Promise<unknown> {
  const chunks: RecordChunk[] = [];
  const packed: (PackedFields | null)[] = [];
  let error: string | null = null;
  try {
    const stdin = Readable.from([bytes]);
    const source = await openSource("-", options, { ...blocks, aheadFrom, stdin });
    for await (const chunk of source.chunks()) {
      chunks.push(chunk);
      packed.push(chunk.packed === null ? null : withoutTarget(chunk.packed));
    }
  } catch (caught) {
    error = String(caught);
  }
  return {
    error,
    packed,
    records: chunks.map(({ records }) => records),
    rejects: chunks.map(({ rejects }) => rejects),
  };
}

// Node does not count what its loader of TypeScript still works on: a process that only waits for that would end.
const awake = new MessageChannel().port1;
awake.ref();
seedProperties("read ahead");
await fc.assert(
  fc.asyncProperty(fc.oneof(csvInput, ndjsonInput), async (input) => {
    const alone = await read(input, Infinity);
    if (!isDeepStrictEqual(await read(input, 0), alone)) {
      throw new Error(
        `it differs when read ahead: ${JSON.stringify(input.bytes.toString("latin1"))}`,
      );
    }
  }),
  { numRuns: Number(process.argv[2]) },
);
awake.close();
console.log(JSON.stringify({ ahead, encoded }));
