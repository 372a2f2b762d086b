/** One call of the command line, parsed: which command, on what, with which options. */
import type { Command } from "../options/option.ts";
import type { RawOptions } from "../options/parse-options.ts";

/** What the user typed, sorted but not yet understood. */
export interface Call {
  readonly command: Command;
  readonly sources: readonly string[];
  readonly raw: RawOptions;
}
