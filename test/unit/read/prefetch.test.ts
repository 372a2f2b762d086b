/** When a source gets its thread: a long one as soon as its records are asked for, and no other. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Prefetch } from "../../../src/read/ahead/prefetch.ts";

const MB = 1024 * 1024;
const SOURCE = {
  format: "csv",
  of: {
    dialect: { delimiter: ",", quote: '"' },
    fields: ["id"],
    heading: new Uint8Array(),
    options: { nullTokens: [], keepEmpty: [], empty: "auto", maxRecordBytes: MB },
  },
} as const;

let threads = 0;
const note = (): void => void (threads += 1);
beforeEach(() => {
  threads = 0;
  process.on("worker", note);
});
afterEach(() => {
  process.off("worker", note);
});

test.each([
  ["a long file", 8 * MB, undefined, 1],
  ["a file that is not", 8 * MB - 1, undefined, 0],
  ["a stream, which may be short", null, undefined, 0],
  ["a long file whose records no thread is to find", 8 * MB, Infinity, 0],
] as const)("%s has so many threads at its beginning: %#", async (_what, bytes, from, wanted) => {
  const ahead = new Prefetch(SOURCE, bytes, from);
  ahead.begin();
  ahead.begin();
  // Node tells of a new thread a little later.
  await new Promise((resolve) => setImmediate(resolve));
  await ahead.close();
  expect(threads).toBe(wanted);
});
