/** The drill: plants a bug in a copy of the built program, and lets something befall it that must bring the bug to light. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../../helpers/engines.ts";
import type { TestDatabase } from "../../helpers/engines.ts";
import type { Scenario } from "./scenario.ts";
import type { TargetName } from "./workload.ts";

/** A bug, and what must bring it to light. */
export interface Bug {
  readonly name: string;
  /** Of the built program, below `dist/`. */
  readonly file: string;
  /** Each text stands in the file once; it becomes the other. */
  readonly edits: readonly (readonly [find: string, replace: string])[];
  readonly scenario: Scenario;
}

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** A copy of the built program that can be changed; everything else is where it was. */
function copyProgram(folder: string): string {
  const dist = join(folder, "dist");
  cpSync(join(ROOT, "dist"), dist, {
    recursive: true,
    filter: (path) => !path.endsWith(".map") && !path.endsWith(".d.ts"),
  });
  writeFileSync(join(folder, "package.json"), readFileSync(join(ROOT, "package.json")));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return dist;
}

/** Throws when a text is not there: then the program has changed, and the drill must follow. */
function plant(dist: string, { name, file, edits }: Bug): void {
  const path = join(dist, file);
  let text = readFileSync(path, "utf8");
  for (const [find, replace] of edits) {
    const pieces = text.split(find);
    if (pieces.length !== 2) {
      throw new Error(
        `the bug "${name}" does not fit any more: ${file} has ${pieces.length - 1} times ${find}`,
      );
    }
    text = pieces.join(replace);
  }
  writeFileSync(path, text);
}

/** Declares the drill of a target: each scenario finds nothing wrong with the program, and its bugs. */
export function drill(target: TargetName, bugs: readonly Bug[]): void {
  const engine = ENGINES.find(({ name }) => name === target);
  if (engine === undefined) throw new Error(`there is no engine ${target}`);
  describe(engine.title, () => {
    const database = useDatabase(engine);
    const run = async (scenario: Scenario, bug: Bug | null): Promise<string[]> =>
      await withProgram({ target, database, scenario }, bug);

    const scenarios = [...new Set(bugs.map(({ scenario }) => scenario))];
    const named = scenarios.map(
      (scenario) =>
        [
          bugs
            .filter((each) => each.scenario === scenario)
            .map(({ name }) => name)
            .join("; "),
          scenario,
        ] as const,
    );
    test.each(named)(
      "without a bug, nothing is found where one is sought: %s",
      async (_, scenario) => {
        expect(await run(scenario, null)).toEqual([]);
      },
    );

    test.each(bugs.map((bug) => [bug.name, bug] as const))("is found: %s", async (_, bug) => {
      expect(await run(bug.scenario, bug)).not.toEqual([]);
    });
  });
}

interface Drilling {
  readonly target: TargetName;
  readonly database: TestDatabase;
  readonly scenario: Scenario;
}

async function withProgram(
  { target, database, scenario }: Drilling,
  bug: Bug | null,
): Promise<string[]> {
  const base = mkdtempSync(join(tmpdir(), "upsurge-drill-"));
  try {
    const program = join(base, "program");
    mkdirSync(program);
    const dist = copyProgram(program);
    if (bug !== null) plant(dist, bug);
    const bin = join(dist, "bin/upsurge.js");
    return await scenario({ target, database, folder: join(base, "load"), bin });
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}
