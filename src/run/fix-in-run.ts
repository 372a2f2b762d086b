/** A fix that was meant for a load by itself, as it helps in a run. Pure. */
import { flagsIn } from "../errors/flags-in.ts";
import { shellWord } from "../errors/shell-word.ts";
import { asManifest } from "../manifest/as-manifest.ts";
import { OPTION_NAMES, optionSpec, spellingsOf } from "../options/flag.ts";
import type { TableLoad } from "./find-tables.ts";

/** The flags that a run does not take. */
const FOREIGN = new Set(
  OPTION_NAMES.filter((name) => !optionSpec(name).commands.some((each) => each === "run")).flatMap(
    (name) => spellingsOf(name),
  ),
);

/** The fix, in the words of the manifest that the load is from, and with how to pass the flags that a run does not take. */
export function inRun(fix: string, load: TableLoad): string {
  const { origin } = load;
  const said = origin === null ? fix : asManifest(fix);
  const text = said === fix || origin === null ? fix : withPlace(said, origin.place);
  const flags = [...new Set(flagsIn(said))].filter((flag) => FOREIGN.has(flag));
  if (flags.length === 0) return text;
  const files = filesOf(load);
  return `${text}; a run does not take ${flags.join(", ")}: load ${files} by itself, with --table ${shellWord(load.table)}`;
}

/** What is to be chosen from may follow, a line each. */
function withPlace(fix: string, place: string): string {
  const [first = "", ...lines] = fix.split("\n");
  return [`${first} (its load is at ${place})`, ...lines].join("\n");
}

function filesOf({ path, sources, origin }: TableLoad): string {
  if (origin !== null) return sources.map(shellWord).join(" ");
  return sources.length === 1 ? shellWord(path) : `${shellWord(path)}/*`;
}
