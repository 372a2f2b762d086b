/** Before each test file: when it has ended, it is noted whether `npm test` ran all of it. */
import { relative } from "node:path";
import { beforeAll, expect } from "vitest";
import { beginFile, noteWhole } from "./tiers.ts";

beginFile();
beforeAll(() => {
  const file = relative(process.cwd(), expect.getState().testPath ?? "");
  return () => noteWhole(file);
});
