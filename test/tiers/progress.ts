/** The reporter of `npm test`: a line a file with how far the run is and how long it may still take, and failures at once. */
import type { SerializedError } from "vitest";
import type {
  Reporter,
  TestCase,
  TestModule,
  TestRunEndReason,
  TestSpecification,
  TestSuite,
} from "vitest/node";
import { secondsOf } from "./tiers.ts";

/** After so long without a line, one tells what is running. */
const QUIET_MS = 20_000;

/** Lines of an error's message that are shown; a diff follows it. */
const MESSAGE_LINES = 40;

/** Writes to stdout, line by line, so that a terminal and a log of CI show the same. */
export default class Progress implements Reporter {
  readonly #started = performance.now();
  readonly #running = new Map<string, number>();
  readonly #titles: string[] = [];
  #files = 0;
  #done = 0;
  /** In expected seconds of the files, whatever this machine takes for them. */
  #weight = 0;
  #doneWeight = 0;
  #timer: NodeJS.Timeout | null = null;

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#files = specifications.length;
    this.#weight = specifications.reduce((sum, { moduleId }) => sum + secondsOf(moduleId), 0);
    this.#wait();
  }

  onTestModuleStart({ relativeModuleId }: TestModule): void {
    this.#running.set(relativeModuleId, performance.now());
  }

  onTestModuleEnd(module: TestModule): void {
    const { relativeModuleId: name } = module;
    const started = this.#running.get(name) ?? performance.now();
    this.#running.delete(name);
    this.#done += 1;
    this.#doneWeight += secondsOf(module.moduleId);
    const results = [...module.children.allTests()].map((test) => test.result().state);
    const count = (state: string): number => results.filter((each) => each === state).length;
    for (const error of module.errors()) this.#fail(name, [error]);
    const figures = [`${count("passed")} passed`];
    for (const state of ["failed", "skipped"]) {
      if (count(state) > 0) figures.push(`${count(state)} ${state}`);
    }
    const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    this.#print(
      `${String(this.#done).padStart(3)}/${this.#files}  ${name.replace(/^test\//, "").padEnd(44)} ${seconds.padStart(7)}  ${figures.join(", ").padEnd(12)}  ${this.#left()}`,
    );
  }

  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    if (state !== "failed") return;
    this.#fail(`${test.module.relativeModuleId} > ${test.fullName}`, errors ?? []);
  }

  /** What a hook of a group of tests raises belongs to none of them. */
  onTestSuiteResult(suite: TestSuite): void {
    const errors = suite.errors();
    if (errors.length > 0)
      this.#fail(`${suite.module.relativeModuleId} > ${suite.fullName}`, errors);
  }

  onTestRunEnd(
    _modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (unhandled.length > 0) this.#fail("outside of any test", unhandled);
    if (reason === "interrupted") console.log("interrupted");
    if (this.#titles.length === 0) return;
    console.log(
      `\n${this.#titles.length} failed:\n${this.#titles.map((each) => `  ${each}`).join("\n")}`,
    );
  }

  #fail(title: string, errors: readonly Partial<SerializedError>[]): void {
    this.#titles.push(title);
    const all = errors.flatMap((error) => [error, ...causesOf(error)]);
    const texts = all.map(({ message = "", diff = "", stacks = [], stack = "" }) => {
      const [place] = stacks as readonly { file: string; line: number }[];
      const where =
        place === undefined
          ? stack.split("\n").slice(1, 3).join("\n")
          : `at ${place.file}:${place.line}`;
      return [message.split("\n").slice(0, MESSAGE_LINES).join("\n"), diff, where]
        .filter(Boolean)
        .join("\n");
    });
    this.#print(`FAIL ${title}\n${texts.join("\n").replaceAll(/^/gm, "     ")}`);
  }

  /** How long the rest may take, from how long the files so far took against what is expected of them. */
  #left(): string {
    const seconds = (performance.now() - this.#started) / 1000;
    if (this.#done === this.#files) return `${duration(seconds)} in all`;
    const pace = this.#doneWeight === 0 ? 1 : seconds / this.#doneWeight;
    return `about ${duration((this.#weight - this.#doneWeight) * pace)} left`;
  }

  #print(text: string): void {
    console.log(text);
    this.#wait();
  }

  #wait(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const names = [...this.#running.keys()].map((name) => name.replace(/^test\//, ""));
      this.#print(`         … ${names.join(", ")}`);
    }, QUIET_MS);
    this.#timer.unref();
  }
}

/** What an error was caused by, down to the first: a law tells with its cause what it found. */
function causesOf({ cause }: Partial<SerializedError>): Partial<SerializedError>[] {
  if (typeof cause !== "object" || cause === null) return [];
  const error = cause as Partial<SerializedError>;
  return [error, ...causesOf(error)];
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
