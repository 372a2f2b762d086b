/**
 * What is done around each test file. What `npm test` has run of it is left out of `test:all`, and when it has ended in
 * `npm test`, that is noted. Each test draws from a seed of its own. What `test:all` adds is left out once the time of the run is over, where it has one. A file of which Node warns fails.
 */
import { relative } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { watchProperties } from "./by-chance.ts";
import { beginFile, beginTests, noteRun, skipTestsDone } from "./once.ts";
import { expectNoWarnings, watchWarnings } from "./warnings.ts";
import { seedProperties } from "./seed.ts";
import { IS_FAST, isTimeOver, noteLeftOut } from "./tiers.ts";

beginFile();
seedProperties("outside of tests");
watchProperties();
watchWarnings();
// Vitest reads the names of fixtures here.
// eslint-disable-next-line no-empty-pattern
beforeAll(({}, suite) => {
  const file = fileOfTest();
  beginTests();
  if (IS_FAST) return () => noteRun(file, suite);
  skipTestsDone(file, suite);
  return undefined;
});

afterAll(() => expectNoWarnings());

beforeEach(({ skip, task }) => {
  seedProperties(task.fullTestName);
  if (!isTimeOver()) return;
  noteLeftOut(fileOfTest());
  skip("the time of this run is over");
});

function fileOfTest(): string {
  return relative(process.cwd(), expect.getState().testPath ?? "");
}
