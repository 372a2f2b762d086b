/** What all of the program knows of SQLite before the target is loaded. */
import type { TargetWords } from "../target-words.ts";

/** The words of SQLite. */
export const SQLITE_WORDS: TargetWords = {
  schemes: [],
  pathSchemes: ["sqlite", "sqlite3", "file"],
  secretVariables: [],
};
