/** Progress; the load's own seconds are the clock. */
import { expect, test } from "vitest";
import { MemoryOutput } from "../../helpers/run-upsurge.ts";
import { makeProgress, progressText } from "../../../src/cli/progress.ts";
import { Screen } from "../../../src/cli/screen.ts";
import type { Options } from "../../../src/options/options.ts";
import { defaultOptions } from "../../../src/options/parse-options.ts";

function played(options: Partial<Options>, isTTY: boolean, seconds: readonly number[]): string {
  const stderr = new MemoryOutput(isTTY);
  const display = makeProgress({ ...defaultOptions(), ...options }, new Screen(stderr));
  for (const second of seconds) display.show(at(second));
  display.end();
  return stderr.text;
}

function at(seconds: number): Parameters<typeof progressText>[0] {
  return {
    records: seconds * 1000,
    rejected: 0,
    bytes: seconds * 100_000,
    totalBytes: 2_000_000,
    seconds,
  };
}

test("tells records, pace, bytes, share and time left", () => {
  expect(progressText(at(5))).toBe(
    "5,000 records, 1,000 rows/s, 500 kB of 2.0 MB (25 %), 15.0 s left",
  );
});

test("tells no share of a stream, and rejects only when there are some", () => {
  expect(progressText({ ...at(5), totalBytes: null, rejected: 3 })).toBe(
    "5,000 records, 3 rejected, 1,000 rows/s, 500 kB",
  );
});

test("prints a line every five seconds where there is no terminal", () => {
  const lines = played({}, false, [1, 2, 5, 6, 9, 10, 11]).trimEnd().split("\n");

  expect(lines.map((line) => line.split(",").slice(0, 2).join())).toEqual([
    "5,000 records",
    "10,000 records",
  ]);
});

test("redraws one line on a terminal, and clears it", () => {
  const text = played({}, true, [1, 2]);

  expect(text.split("\r\u001B[2K").slice(1)).toEqual([
    "[#-------------------] 1,000 records, 1,000 rows/s, 100 kB of 2.0 MB (5 %)",
    expect.stringMatching(/^\[##-{18}\] 2,000 records, .* left$/),
    "",
  ]);
});

test("prints JSON lines for machines", () => {
  expect(JSON.parse(played({ progress: "json" }, false, [1]))).toEqual({
    event: "progress",
    runId: expect.any(String),
    ...at(1),
  });
});

test.each([[{ progress: "none" }], [{ quiet: true }]] as const)("%j prints nothing", (options) => {
  expect(played(options, true, [1, 6, 12])).toBe("");
});

test("a line of the log goes above the bar", () => {
  const stderr = new MemoryOutput(true);
  const screen = new Screen(stderr);

  screen.showStatus("bar");
  screen.print("note\n");

  expect(stderr.text).toBe("\r\u001B[2Kbar\r\u001B[2Knote\n\r\u001B[2Kbar");
});
