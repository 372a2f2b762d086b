/** What `upsurge split` cannot do without, all of it at once. */
import { shellWord } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { Options } from "../options.ts";
import { wrong } from "../wrong-options.ts";

/** Each piece is an open file. */
const MOST_PIECES = 1000;

/** The options of a split, none of which is missing. */
export interface WholeSplit extends Options {
  readonly key: readonly string[];
  readonly shards: number;
  readonly splitOut: string;
}

/** Throws `OPTION_MISSING` and `OPTION_VALUE`. */
export function checkSplit(options: Options, sources: readonly string[]): WholeSplit {
  const { key, shards, splitOut } = options;
  if (shards !== null && shards > MOST_PIECES) {
    wrong("shards", String(shards), `at most ${MOST_PIECES} for a split`);
  }
  if (sources.length > 0 && key !== null && shards !== null && isText(splitOut)) {
    return { ...options, key, shards, splitOut };
  }
  const lacks = [
    ...(sources.length > 0 ? [] : [["a source", "there is nothing to split"]]),
    ...(key === null ? [["--key", "records of one key go to one piece"]] : []),
    ...(shards === null ? [["--shards", "it says how many pieces there are"]] : []),
    ...(isText(splitOut) ? [] : [["--out", "it names the folder of the pieces"]]),
  ];
  const words = [
    "upsurge split",
    ...(sources.length === 0 ? ["clicks.csv"] : sources.map(shellWord)),
    `--key ${shellWord((key ?? ["page"]).join(","))} --shards ${shards ?? 8}`,
    `--out ${shellWord(isText(splitOut) ? splitOut : "pieces")}`,
  ];
  const flag = lacks
    .map(([name]) => name)
    .join(", ")
    .replace(/, (?=[^,]*$)/, " and ");
  const reason = lacks.map(([, why]) => why).join("; ");
  const title = lacks.length === 1 ? undefined : `${flag} are missing`;
  const fix = `for example: ${words.join(" ")}`;
  throw upsurgeError("OPTION_MISSING", { flag, reason }, { title, fix });
}

function isText(text: string | null): text is string {
  return text !== null && text !== "";
}
