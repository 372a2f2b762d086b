/** What a manifest says, read and checked as far as it can be without the command line. */
import type { PlacedText } from "./node.ts";
import type { ManifestOptions } from "./read-options.ts";

/** One load of a manifest. */
export interface ManifestLoad {
  /** As it is written, for messages and reports. */
  readonly label: string;
  /** Files and patterns, relative to the folder of the manifest. */
  readonly from: readonly PlacedText[];
  readonly options: ManifestOptions;
  readonly place: string;
}

/** The database that a manifest names. */
export interface ManifestTarget extends PlacedText {
  /** No part of it came from a variable. */
  readonly isWritten: boolean;
}

/** A manifest. */
export interface Manifest {
  readonly path: string;
  /** That of the file; empty: the current one. */
  readonly folder: string;
  readonly to: ManifestTarget | null;
  /** Options of the run at the top, but for `to`. */
  readonly top: ManifestOptions;
  /** Patterns of hosts that are never loaded into. */
  readonly refuseHosts: readonly PlacedText[];
  /** Of every load, and of the run as a whole. */
  readonly defaults: ManifestOptions;
  readonly loads: readonly ManifestLoad[];
}
