/** What all of the program knows of PostgreSQL before the target is loaded. */
import type { TargetWords } from "../target-words.ts";

/** The words of PostgreSQL. */
export const POSTGRES_WORDS: TargetWords = {
  schemes: ["postgres", "postgresql"],
  pathSchemes: [],
  secretVariables: ["PGPASSWORD", "PGSSLPASSWORD"],
};

/** What helps where the server refuses a login. */
export const LOGIN_FIX =
  "check user, password and database; PGPASSWORD, PGPASSFILE and ~/.pgpass count as well, as with psql";

/** What helps where the server's certificate is not trusted. */
export const TLS_FIX =
  "pass sslrootcert=FILE for a private CA, or accept the risk: sslmode=require or sslmode=disable";

/** The database reads dates in its own style, which libpq's variable sets for one run. */
export function dateOrder(order: "DMY" | "MDY"): string {
  return `run the same command with PGDATESTYLE=${order} in its environment, since the date style of the database decides; or write dates as YYYY-MM-DD`;
}

/** What to do about rows that no policy lets the user write. */
export const POLICY_FIX =
  "create a policy under which this user may write the rows, with create policy; or load as the owner of the table, whom its policies leave alone unless they are forced";
