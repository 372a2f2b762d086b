/** Texts that mean nothing while they are empty: a variable of the shell that is not set leaves such a one. Needs no database. */
import type { Options } from "../options.ts";
import { wrong } from "../wrong-options.ts";

const CONDITION = "a condition in SQL";

/** What each of them takes, in words that follow "it takes". */
const FILLED = {
  rejectFile: "the name of a file",
  splitOut: "the name of a folder",
  constraint: "the name of a unique constraint or index",
  keyWhere: CONDITION,
  updateWhere: CONDITION,
  deleteWhere: CONDITION,
} as const;

const NAMES = Object.keys(FILLED) as readonly (keyof typeof FILLED)[];

/** Throws OPTION_VALUE. */
export function checkFilled(options: Pick<Options, keyof typeof FILLED>): void {
  for (const name of NAMES) {
    const text = options[name];
    if (text?.trim() === "") wrong(name, text, FILLED[name]);
  }
}
