/** What `npm test` has run is left out of `test:all`, and nothing else is. */
import { describe, expect, test } from "vitest";
import type { RunnerTestSuite } from "vitest";
import { linesOf, skipTestsDone } from "./once.ts";

/** A suite as vitest has it, of titles of tests that passed (`-`: it failed) and of suites. */
type Titles = readonly (string | readonly [title: string, within: Titles])[];

function suiteOf(titles: Titles, path: readonly string[] = []): RunnerTestSuite {
  const parent = path.length === 0 ? {} : { suite: {} };
  const tasks = titles.map((each) => {
    if (typeof each !== "string") return suiteOf(each[1], [...path, each[0]]);
    const state = each.startsWith("-") ? "fail" : "pass";
    const fullTestName = [...path, each].join(" > ");
    return { type: "test", mode: "run", name: each, fullTestName, result: { state } };
  });
  return { type: "suite", mode: "run", name: path.at(-1) ?? "", tasks, ...parent } as never;
}

/** The names of the tests that are still to run, and the suites that are not entered. */
function left(suite: RunnerTestSuite): string[] {
  if (suite.mode === "skip") return [`(${suite.name})`];
  return suite.tasks.flatMap((task) => {
    if (task.type === "suite") return left(task);
    return task.mode === "run" ? [task.fullTestName] : [];
  });
}

const FAST: Titles = [["sqlite", ["a", "b"]], ["postgres", ["a"]], "c"];
const ALL: Titles = [["sqlite", ["a", "b"]], ["postgres", ["a", "b"]], ["sqlserver", ["a"]], "c"];

/** What is still to run of `all` once `fast` was noted. */
function rest(fast: Titles, all: Titles, file = "x.test.ts"): string[] {
  const suite = suiteOf(all);
  skipTestsDone(file, suite, linesOf("x.test.ts", suiteOf(fast), "tests"));
  return left(suite);
}

describe("a file of which tests were left out", () => {
  test("has those run that were, and enters no suite without any", () => {
    expect(rest(FAST, ALL)).toEqual(["(sqlite)", "postgres > b", "sqlserver > a"]);
  });

  test("is run in full where nothing was noted of it", () => {
    expect(rest(FAST, ["c"], "y.test.ts")).toEqual(["c"]);
    expect(rest([], ["c"])).toEqual(["c"]);
  });

  test("has a test run again that failed", () => {
    expect(rest(["-c", "d"], ["-c", "d"])).toEqual(["-c"]);
  });

  test("has a title that was run once and occurs twice run once more", () => {
    expect(rest(["c"], ["c", "c"])).toEqual(["c"]);
  });

  test("may have titles of several lines", () => {
    expect(rest(["c\nd"], ["c\nd", "c"])).toEqual(["c"]);
  });
});

test("a file is noted in full, by its tests, or not at all", () => {
  const suite = suiteOf(["c"]);
  expect(linesOf("x.test.ts", suite, null)).toEqual(["x.test.ts"]);
  expect(linesOf("x.test.ts", suite, "tests")).toEqual(['x.test.ts\t"c"']);
  expect(linesOf("x.test.ts", suite, "parts")).toEqual([]);
});
