/** A fix that was meant for a load by itself, as it helps in a run. Pure. */
import { shellWord } from "../errors/shell-word.ts";
import { OPTION_NAMES, optionSpec, spellingsOf } from "../options/flag.ts";
import type { TableLoad } from "./find-tables.ts";

const FLAG = /--[a-z][a-z-]*/g;

/** The flags that a run does not take. */
const FOREIGN = new Set(
  OPTION_NAMES.filter((name) => !optionSpec(name).commands.some((each) => each === "run")).flatMap(
    (name) => spellingsOf(name),
  ),
);

/** The fix, with how to pass the flags that it names where a run does not take them. */
export function inRun(fix: string, { path, sources, table }: TableLoad): string {
  const flags = [...new Set(fix.match(FLAG) ?? [])].filter((flag) => FOREIGN.has(flag));
  if (flags.length === 0) return fix;
  const files = sources.length === 1 ? shellWord(path) : `${shellWord(path)}/*`;
  return `${fix}; a run does not take ${flags.join(", ")}: load ${files} by itself, with --table ${shellWord(table)}`;
}
