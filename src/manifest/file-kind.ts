/** What a file of YAML is: the manifest of a run, or a config. Their readers share what follows from being YAML. */

/** The codes and words of its errors. */
export interface FileKind {
  readonly noun: "manifest" | "config";
  readonly unreadable: "MANIFEST_FILE" | "CONFIG_FILE";
  readonly malformed: "MANIFEST_YAML" | "CONFIG_YAML";
  /** What helps where nothing is in it. */
  readonly empty: string;
  /** What helps where it is not this file that is meant. */
  readonly other: string;
  /** What helps where it nests too deep. */
  readonly flat: string;
  /** Where names that are meant in several places are written. */
  readonly once: string;
}

/** The manifest of a run. */
export const MANIFEST: FileKind = {
  noun: "manifest",
  unreadable: "MANIFEST_FILE",
  malformed: "MANIFEST_YAML",
  empty: "write the loads of the run into it, below `loads:`",
  other: "name the manifest; a file of data is named in its loads",
  flat: "write each load as one mapping in the list `loads`",
  once: "write the names out, or once below `defaults`",
};

/** A config. */
export const CONFIG: FileKind = {
  noun: "config",
  unreadable: "CONFIG_FILE",
  malformed: "CONFIG_YAML",
  empty: "write connections: into it, or leave the file out",
  other: "name the config with --config; a file of data is loaded",
  flat: "write each connection as NAME: URL below `connections`",
  once: "write the names out",
};
