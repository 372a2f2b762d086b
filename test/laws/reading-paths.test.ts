/**
 * The two reading paths are one: whatever the source, the fast path gives the records, rejects and errors of the
 * careful one, and what it hands on packed are their bytes, up to the rows that a target gets. `npm run reading-paths` does the
 * same for as long as one likes.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comparePaths } from "../helpers/reading-paths/compare-paths.ts";
import { compareRows, pathTarget } from "../helpers/reading-paths/compare-rows.ts";
import { csvInput } from "../helpers/reading-paths/csv-input.ts";
import { ndjsonInput } from "../helpers/reading-paths/ndjson-input.ts";
import { nestedInput } from "../helpers/reading-paths/nested-input.ts";
import { timesOf } from "../tiers/tiers.ts";

const RUNS = timesOf("reading paths");
const timeout = 300_000 + 20 * RUNS;

describe.each([
  { title: "CSV", input: csvInput },
  { title: "NDJSON", input: ndjsonInput },
])("$title", ({ input }) => {
  test("both paths read the same", { timeout }, async () => {
    let [sources, packed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(input, async (source) => {
        const compared = await comparePaths(source);
        sources += compared.records > 0 ? 1 : 0;
        packed += compared.packed > 0 ? 1 : 0;
      }),
      { numRuns: RUNS },
    );
    expect(packed / sources).toBeGreaterThan(0.4);
  });

  test("both paths give the same rows", { timeout }, async () => {
    let [sources, packed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(input, pathTarget, async (source, target) => {
        const compared = await compareRows(source, target);
        sources += compared.rows > 0 ? 1 : 0;
        packed += compared.packed > 0 ? 1 : 0;
      }),
      { numRuns: RUNS },
    );
    expect(packed / sources).toBeGreaterThan(0.2);
  });
});

test("both paths read the same records in records", { timeout }, async () => {
  let [sources, packed] = [0, 0];
  await fc.assert(
    fc.asyncProperty(nestedInput, async (source) => {
      const compared = await comparePaths(source);
      sources += compared.records > 0 ? 1 : 0;
      packed += compared.packed > 0 ? 1 : 0;
    }),
    { numRuns: RUNS },
  );
  expect(packed / sources).toBeGreaterThan(0.4);
});
