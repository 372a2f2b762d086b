/** What every command works with. */
import type { Logger } from "pino";
import type { Options } from "../options/options.ts";
import type { Io } from "./io.ts";
import type { Redact } from "../secrets/redact.ts";
import type { Screen } from "./screen.ts";

/** The world of one run, and what was asked of it. */
export interface CommandContext {
  readonly io: Io;
  readonly options: Options;
  readonly screen: Screen;
  readonly redact: Redact;
  readonly log: Logger;
}
