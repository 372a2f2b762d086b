/** The mode of a load: what follows from several options together, and is asked in several places. */
import type { Mode } from "../model/load-plan.ts";
import type { Options } from "./options.ts";

/** The mode that the options name; `null`: it follows from whether there is a key. `-u none` alone says what a row that is met becomes. */
export function namedMode({ mode, ignore, updateColumns }: Options): Mode | null {
  if (ignore) return "ignore";
  return mode ?? (updateColumns?.kind === "none" ? "upsert" : null);
}

/** The mode of each load of a run. */
export function modeOfRun(options: Options): Mode {
  return namedMode(options) ?? "upsert";
}

/** The mode of a load. */
export function modeOf(options: Options): Mode {
  const isKeyed = options.key !== null || options.constraint !== null;
  return namedMode(options) ?? (isKeyed ? "upsert" : "insert");
}
