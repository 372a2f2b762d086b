/**
 * `npm test` misses nothing: its tests have called every command, passed every option and every choice of one, met every code of
 * an error or a reject and every exit code, and taken rows into every target by every strategy and row source. The notes of the
 * run are read when it is over, so this is a run of its own: UPSURGE_TEST_MET names their folder.
 */
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/help.ts";
import { ERROR_CODES } from "../../src/errors/codes.ts";
import { ROW_CODES } from "../../src/errors/row-codes.ts";
import { OPTION_NAMES, optionSpec } from "../../src/options/flag.ts";
import { ENGINES, waysOf } from "../helpers/engines.ts";
import { readSeen, seenWord } from "./seen.ts";

const FOLDER = process.env["UPSURGE_TEST_MET"] ?? "";

/** What no run of the program can show. */
const NEVER_MET: Readonly<Record<string, string>> = {
  "code PLAN_TABLE_APPEARED": "a load that meets it starts again by itself: targets/create",
};

/** Everything that a run must have noted. */
const WANTED: readonly (readonly [group: string, words: readonly string[]])[] = [
  ["commands", COMMANDS.map(({ name }) => seenWord.command(name))],
  ["options", OPTION_NAMES.map(seenWord.option)],
  [
    "choices of options",
    OPTION_NAMES.flatMap((name) =>
      (optionSpec(name).choices ?? []).map((choice) => seenWord.choice(name, choice)),
    ),
  ],
  ["codes of errors", Object.keys(ERROR_CODES).map(seenWord.code)],
  ["codes of rejects", Object.keys(ROW_CODES).map(seenWord.code)],
  ["exit codes", [0, 1, 2, 3, 4, 6, 75, 129, 130, 143].map(seenWord.exit)],
  [
    "ways into a target",
    ENGINES.flatMap((engine) =>
      waysOf(engine, [1]).map(({ strategy, rowSource }) =>
        seenWord.way(engine.name, strategy, rowSource),
      ),
    ),
  ],
];

describe.skipIf(FOLDER === "")("what a run of the tests has met (known when it is over)", () => {
  test.each(WANTED)("all %s", (_, words) => {
    const seen = readSeen(FOLDER);
    const missing = words.filter((word) => !seen.has(word) && !(word in NEVER_MET));

    expect(missing, "no test of the fast tier has done this").toEqual([]);
  });
});
