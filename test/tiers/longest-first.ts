/** The order of test files: the longest first, so that no worker is left with one at the end while the others are idle. */
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";
import { secondsOf } from "./tiers.ts";

/** Vitest would know the times of earlier runs; in a fresh clone there are none. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => secondsOf(b.moduleId) - secondsOf(a.moduleId));
  }
}
