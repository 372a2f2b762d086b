/** Looks up the table of connection parameters, and tells of a word that is not in it. */
import { editDistance } from "../../../errors/edit-distance.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../../errors/upsurge-error.ts";
import { LIBPQ_PARAMETERS } from "./libpq-parameters.ts";
import { OTHER_PARAMETERS } from "./other-parameters.ts";
import type { Parameter } from "./parameter.ts";

/** Where a reader finds the table. */
export const EVERY_WORD = "docs/reference/postgres-connections.md lists every parameter";

/** Every word that is known. */
export const PARAMETERS: ReadonlyMap<string, Parameter> = new Map(
  [...LIBPQ_PARAMETERS, ...OTHER_PARAMETERS].map((each) => [each.name, each]),
);

/** The row of a word; `null` for one that nobody knows. */
export function findParameter(name: string): Parameter | null {
  return PARAMETERS.get(name) ?? null;
}

/** A value that a parameter does not take. */
export function badValue(name: string, value: string, expected: string): UpsurgeError {
  const fix = PARAMETERS.get(name)?.instead ?? EVERY_WORD;
  return upsurgeError("OPTION_VALUE", { flag: name, value, expected }, { fix });
}

/** A word that is in no table. It may be a slip in one that protects, so it is never passed over. */
export function unknownParameter(name: string, origin: string): UpsurgeError {
  const near = nearestWord(name, [...PARAMETERS.keys()]);
  return upsurgeError("TARGET_PARAMETER", {
    name,
    reason: `${origin} gives it, and neither libpq nor any program that upsurge knows has it`,
    suggestion:
      near === null
        ? `leave it out (a setting of the server is written options=-c%20NAME%3DVALUE); ${EVERY_WORD}`
        : `write ${near}, if that is meant, or leave it out; ${EVERY_WORD}`,
  });
}

/** The word that `typed` is a slip of: capitals, `-` and `_` aside, at most a third of the letters differ. */
export function nearestWord(typed: string, words: readonly string[]): string | null {
  const name = letters(typed);
  let best: string | null = null;
  let bound = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const word of words) {
    const slips = editDistance(name, letters(word));
    if (slips < bound) [best, bound] = [word, slips];
  }
  return name.length < 3 ? null : best;
}

function letters(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, "");
}
