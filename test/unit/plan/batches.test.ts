/** How large batches are, by the server's distance and by what the user has said. */
import { expect, test } from "vitest";
import { chooseBatches } from "../../../src/plan/batches/choose-batches.ts";
import type { BatchRequest } from "../../../src/plan/batches/choose-batches.ts";
import type { GivenOptions } from "../../helpers/options.ts";
import { optionsOf } from "../../helpers/options.ts";
import { ABLE } from "../../helpers/shapes.ts";

/** The rows of a batch, of one of short records, and how many times larger it is; then what is said of it. */
function batches(
  roundTripMs: number | undefined,
  options: GivenOptions = {},
  more: Partial<BatchRequest["capabilities"]> = {},
): readonly unknown[] {
  const capabilities = { ...ABLE, shortRows: 5000, ...more };
  const request = { options: optionsOf(options), capabilities, roundTripMs };
  const { chosen, why } = chooseBatches(request);
  return [chosen.batchRows, chosen.shortRows, chosen.batchGrowth ?? 1, ...why];
}

test.each([
  [undefined, [1000, 5000, 1]],
  [0.3, [1000, 5000, 1]],
  [19.9, [1000, 5000, 1]],
  [20, [2000, 10_000, 2, expect.stringMatching(/^batches of 2,000 and not 1,000: .* 20 ms /)]],
  [39.9, [2000, 10_000, 2, expect.anything()]],
  [40, [4000, 20_000, 4, expect.stringMatching(/^batches of 4,000 and not 1,000: .* 40 ms /)]],
  [400, [4000, 20_000, 4, expect.anything()]],
])("a round trip of %d ms makes batches of %j", (roundTripMs, expected) => {
  expect(batches(roundTripMs)).toEqual(expected);
});

test.each<[string, readonly unknown[], readonly unknown[]]>([
  ["the size that is given", batches(50, { batchRows: 300 }), [300, 300, 1]],
  ["what one commit takes", batches(50, { commit: "800" }), [800, 800, 1]],
  ["an even part of what one commit takes", batches(0, { commit: "2500" }), [833, 2500, 1]],
  ["the usual size where that fills a commit", batches(0, { commit: "50000" }), [1000, 5000, 1]],
  [
    "the size that is given, whatever a commit takes",
    batches(0, { batchRows: 1000, commit: "2500" }),
    [1000, 1000, 1],
  ],
  [
    "what one commit takes, where there is room for more than usual",
    batches(50, { commit: "1800" }),
    [1800, 1800, 4, expect.stringMatching(/^batches of 1,800 and not 1,000: /)],
  ],
  [
    "what a dry run would do",
    batches(50, { commit: "800", dryRun: true }).slice(0, 3),
    [4000, 20_000, 4],
  ],
  [
    "the usual size where a large statement locks the table",
    batches(50, {}, { escalation: { locksPerRow: 3, locks: 5000 } }),
    [1000, 5000, 1],
  ],
  [
    "the usual size where rows go one by one",
    batches(50, {}, { setBased: false }),
    [1000, 5000, 1],
  ],
])("a batch has %s", (_, found, expected) => {
  expect(found).toEqual(expected);
});
