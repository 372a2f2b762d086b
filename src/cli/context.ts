/** What every command works with. */
import type { Options } from "../options/options.ts";
import { saidForAll } from "../options/layers/layers.ts";
import type { OptionLayer } from "../options/layers/layers.ts";
import type { Log } from "../model/log.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { SettleContext } from "../manifest/settle.ts";
import type { PlanSurroundings } from "../load/surroundings.ts";
import type { Io } from "./io.ts";
import type { Redact } from "../secrets/redact.ts";
import { makeAwayTeller } from "./progress.ts";
import type { Screen } from "./screen.ts";

/** The world of one run, and what was asked of it. */
export interface CommandContext {
  readonly io: Io;
  readonly options: Options;
  /** The same, with who gives each. */
  readonly layer: OptionLayer;
  readonly screen: Screen;
  readonly redact: Redact;
  readonly log: Log;
  /** Of a run that has one, and what was typed beside it; `null` for all else. */
  readonly manifest: GivenManifest | null;
}

/** A manifest, and what is said beside it. */
export interface GivenManifest extends SettleContext {
  readonly manifest: Manifest;
}

/** What the commands that load nothing are told of their surroundings. */
export function surroundingsOf(context: CommandContext): PlanSurroundings {
  const { io, options, screen, log } = context;
  const onAway = makeAwayTeller(options, { screen, log, now: io.now });
  return {
    stdin: io.stdin,
    environment: io.env,
    forAll: saidForAll(context.layer),
    onSession: ({ version }, to) => log.info({ to, version }, "connected"),
    onAway,
  };
}
