/** Errors of a run over several tables. Part of the registry in `codes.ts`. */
import type { ErrorTexts } from "../codes.ts";

/** Code → texts. */
export const RUN_CODES = {
  RUN_NOT_A_FOLDER: {
    title: "{path} is not a folder",
    cause:
      "a run loads the files of folders, each into the table of its name, or what a manifest lists, whose name ends in .yaml, .yml or .json",
    fix: "name its folder, or load the file by itself: upsurge {word} --to URL --table NAME",
    exit: 2,
  },
  RUN_NO_FILES: {
    title: "no file of {folder} can be loaded",
    cause: "{reason}",
    fix: "put files into the folder that end in .csv, .tsv, .ndjson or .json, each called as its table is",
    exit: 2,
  },
  RUN_NO_TABLE: {
    title: "no table for {files}",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
  RUN_SAME_TABLE: {
    title: "{one} and {other} are for the same table, {table}",
    cause:
      "a folder has one load for each table, since nothing says which of two files comes first",
    fix: "put both into a folder called {folder} inside of it: its files are one load, in the order of their names",
    exit: 2,
  },
  RUN_CYCLE: {
    title: "the tables {tables} refer to each other in a circle",
    cause:
      "whichever comes first refers to rows that are not there yet, and these foreign keys cannot wait: {keys}",
    fix: "{suggestion}",
    exit: 2,
  },
  RUN_NO_KEY: {
    title: "{source} has no key of {table} whole",
    cause: "{reason}",
    fix: "{suggestion}",
    exit: 2,
  },
} as const satisfies Record<string, ErrorTexts>;
