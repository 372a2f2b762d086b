/**
 * What `npm test` has run is not run again by `test:all` after it: files that it ran in full, and of those of which it left out
 * tests, the tests that it did run. A file in which a test does less in `npm test` than in `test:all` is run again as a whole.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { RunnerTestCase, RunnerTestSuite } from "vitest";

/** Where `npm test` notes it, for `test:all` after it; nothing is noted without it. */
const NOTES = process.env["UPSURGE_TEST_WHOLE"] ?? "";

/** What is left out: tests, which their titles tell apart; or a part of what goes on inside of tests. */
export type Cut = "tests" | "parts";

/** Of the test file at hand. */
let cut: Cut | null = null;

/** True while tests are collected, and none runs. */
let isCollecting = true;

/** Begins with the next file: one process takes several. */
export function beginFile(): void {
  cut = null;
  isCollecting = true;
}

/** From now on nothing that is left out can be a test. */
export function beginTests(): void {
  isCollecting = false;
}

/** Notes that something of the file at hand is left out. */
export function noteCut(kind: Cut): void {
  if (kind === "parts" || !isCollecting) cut = "parts";
  else cut ??= "tests";
}

/** Notes what `npm test` has run of a file when it has ended. */
export function noteRun(file: string, suite: RunnerTestSuite): void {
  if (NOTES === "") return;
  const done = linesOf(file, suite, cut);
  appendFileSync(NOTES, done.map((line) => `${line}\n`).join(""));
}

/** The lines that are noted of a file of which so much was left out. */
export function linesOf(file: string, suite: RunnerTestSuite, left: Cut | null): string[] {
  if (left === "parts") return [];
  return left === null ? [file] : passedIn(suite).map((name) => `${file}\t${name}`);
}

/** Files that need not be run again. */
export function filesDone(): string[] {
  return notes().filter((line) => !line.includes("\t"));
}

/** Leaves out the tests of a file that were noted, before the first of them begins. */
export function skipTestsDone(file: string, suite: RunnerTestSuite, noted = notes()): void {
  const left = new Map<string, number>();
  for (const line of noted) left.set(line, (left.get(line) ?? 0) + 1);
  if (left.size > 0) skipIn(suite, (name) => takeOne(left, `${file}\t${name}`));
}

function notes(): string[] {
  if (NOTES === "" || !existsSync(NOTES)) return [];
  return readFileSync(NOTES, "utf8").split("\n").filter(Boolean);
}

/** A title that two tests have is run once more when only one of them was. */
function takeOne(left: Map<string, number>, line: string): boolean {
  const count = left.get(line) ?? 0;
  left.set(line, count - 1);
  return count > 0;
}

function skipIn(suite: RunnerTestSuite, isDone: (name: string) => boolean): void {
  for (const task of suite.tasks) {
    if (task.type === "suite") skipIn(task, isDone);
    else if (task.mode === "run" && isDone(nameOf(task))) task.mode = "skip";
  }
  // Nor is anything made for tests of which none is run.
  const isOver = suite.tasks.length > 0 && suite.tasks.every(({ mode }) => mode === "skip");
  if (isOver && suite.suite !== undefined) suite.mode = "skip";
}

function passedIn(suite: RunnerTestSuite): string[] {
  return suite.tasks.flatMap((task) => {
    if (task.type === "suite") return passedIn(task);
    return task.result?.state === "pass" ? [nameOf(task)] : [];
  });
}

/** The titles of a test and of all that it is in, on one line. */
function nameOf({ fullTestName }: RunnerTestCase): string {
  return JSON.stringify(fullTestName);
}
