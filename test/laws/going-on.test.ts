/**
 * Reading can stop after any batch and go on there: what comes is what would have come, record for record, with the same
 * positions, and the hash of what stands before is that of the source's bytes.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareOffsets } from "../helpers/reading-paths/compare-offsets.ts";
import { pathTarget } from "../helpers/reading-paths/compare-rows.ts";
import { csvInput } from "../helpers/reading-paths/csv-input.ts";
import { OTHERWISE } from "../helpers/reading-paths/inputs.ts";
import { ndjsonInput } from "../helpers/reading-paths/ndjson-input.ts";
import { timesOf } from "../tiers/tiers.ts";

const RUNS = timesOf("going on");
const timeout = 300_000 + 60 * RUNS;

/** Arrays and sequences of JSON values, on one line or on many. */
const jsonInput = fc
  .record({
    values: fc.array(
      fc.oneof(fc.dictionary(fc.constantFrom("a", "b", "é"), fc.jsonValue()), fc.jsonValue()),
      { maxLength: 12 },
    ),
    isArray: fc.boolean(),
    glue: fc.constantFrom("\n", " ", "\r\n", "", "\n\n  "),
    block: fc.integer({ min: 1, max: 64 }),
  })
  .map(({ values, isArray, glue, block }) => {
    const texts = values.map((value) => JSON.stringify(value, null, glue.length > 1 ? 1 : 0));
    const text = isArray
      ? `[${glue}${texts.join(`,${glue}`)}${glue}]`
      : texts.join(glue === "" ? " " : glue);
    return {
      bytes: Buffer.from(text),
      options: { ...OTHERWISE, format: "json" as const },
      blocks: { blockBytes: block, firstBytes: block },
    };
  });

describe.each([
  { title: "CSV", input: csvInput },
  { title: "NDJSON", input: ndjsonInput },
  { title: "JSON", input: jsonInput },
])("$title", ({ input }) => {
  test("goes on after any batch", { timeout }, async () => {
    let places = 0;
    await fc.assert(
      fc.asyncProperty(input, pathTarget, async (source, target) => {
        places += await compareOffsets(source, target);
      }),
      { numRuns: RUNS },
    );
    // Most sources have several batches, and few have none to go on after.
    expect(places).toBeGreaterThan(RUNS / 5);
  });
});
