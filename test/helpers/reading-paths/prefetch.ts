/**
 * A program: reads random CSV and NDJSON sources ahead in a thread and without one, and tells how much a thread has found.
 * A process of its own, because the thread runs TypeScript only where the process does.
 */
import * as fc from "fast-check";
import { Readable } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import type { RecordChunk } from "../../../src/model/record.ts";
import { openSource } from "../../../src/sources/open-source.ts";
import type { PathInput } from "./compare-paths.ts";
import { csvInput } from "./csv-input.ts";
import { ndjsonInput } from "./ndjson-input.ts";

/** Blocks whose records a thread has found. */
let ahead = 0;
process.on("worker", (worker) => worker.on("message", () => (ahead += 1)));

/** All that is read, as values that can be compared. */
async function read({ bytes, options, blocks }: PathInput, aheadFrom: number): Promise<unknown> {
  const chunks: RecordChunk[] = [];
  let error: string | null = null;
  try {
    const stdin = Readable.from([bytes]);
    const source = await openSource("-", options, { ...blocks, aheadFrom, stdin });
    for await (const chunk of source.chunks()) chunks.push(chunk);
  } catch (caught) {
    error = String(caught);
  }
  return {
    error,
    packed: chunks.map(({ packed }) => packed),
    records: chunks.map(({ records }) => records),
    rejects: chunks.map(({ rejects }) => rejects),
  };
}

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
console.log(ahead);
