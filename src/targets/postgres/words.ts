/** What all of the program knows of PostgreSQL before the target is loaded. */
import type { TargetWords } from "../target.ts";

/** The words of PostgreSQL. */
export const POSTGRES_WORDS: TargetWords = {
  schemes: ["postgres", "postgresql"],
  pathSchemes: [],
  secretVariables: ["PGPASSWORD", "PGSSLPASSWORD"],
};
