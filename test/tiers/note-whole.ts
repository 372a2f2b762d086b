/**
 * Before each test file: when it has ended, it is noted whether `npm test` ran all of it. What `test:all` adds to it is left
 * out once the time of the run is over, where it has one.
 */
import { relative } from "node:path";
import { beforeAll, beforeEach, expect } from "vitest";
import { beginFile, isTimeOver, noteLeftOut, noteWhole } from "./tiers.ts";

beginFile();
beforeAll(() => {
  const file = fileOfTest();
  return () => noteWhole(file);
});

beforeEach(({ skip }) => {
  if (!isTimeOver()) return;
  noteLeftOut(fileOfTest());
  skip("the time of this run is over");
});

function fileOfTest(): string {
  return relative(process.cwd(), expect.getState().testPath ?? "");
}
