/** What a config says: named connections, hosts that are never loaded into, and options of the output. */
import type { PlacedText, TextNode } from "../manifest/node.ts";
import type { OptionLayer } from "../options/layers/layers.ts";

/** The config that is read where none is named. */
export const CONFIG_NAME = "upsurge.config.yaml";

/** A config. */
export interface Config {
  readonly path: string;
  /** That of the file; empty: the current one. */
  readonly folder: string;
  /** By name; their variables are replaced when one is used. */
  readonly connections: ReadonlyMap<string, TextNode>;
  /** Patterns of hosts that are never loaded into. */
  readonly refuseHosts: readonly PlacedText[];
  readonly options: OptionLayer;
}
