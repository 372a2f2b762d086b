/** Which methods of writing a server has. */
import type { MergeCapability, MethodCapabilities } from "../method-capabilities.ts";
import { STAGED_COLUMNS } from "./catalog/limits.ts";

const MERGE_SINCE = 150_000;

/** Tests say here of which older version the methods are to be used, as in `140000`. */
const FORCED = "UPSURGE_TEST_POSTGRES_METHODS";

/** The version whose ways of writing are used with a server of this version. */
export function usedVersion(version: number): number {
  return Math.min(Number(process.env[FORCED] ?? version), version);
}

/** The methods of a server of this version; `hasCitus`: with that extension. */
export function methodsOf(version: number, hasCitus = false): MethodCapabilities {
  const known = usedVersion(version);
  return {
    native: "upsert",
    // Citus takes no MERGE of rows that are staged on one server into a table that is spread over several.
    ...(hasCitus ? {} : { merge: known < MERGE_SINCE ? UPDATE_THEN_INSERT : MERGE }),
    copy: { kinds: ["table", "partitioned", "foreign"], mayMeetRows: true },
    proposal: { byUpsert: true, rowTriggersOnly: true },
    folds: { compares },
    stagedColumns: STAGED_COLUMNS,
  };
}

/** The operators of a type that the search path does not find would be another type's. */
const compares = (type: string): boolean => !/[".]/.test(type);

const MERGE: MergeCapability = {
  method: "merge",
  why: "MERGE for batches without a repeated key, cheaper for the server than ON CONFLICT; that one takes over when another session inserts a key meanwhile",
  compares,
};

const UPDATE_THEN_INSERT: MergeCapability = {
  method: "update-then-insert",
  why: "UPDATE, then INSERT of the rows that are missing, for batches without a repeated key, cheaper for the server than ON CONFLICT; that one takes over when another session inserts a key meanwhile",
  compares,
  // The server does not tell of a row that a condition turns down, and what is done again must change nothing.
  takes: ({ where, sets, rewriteUnchanged }) =>
    where === null && sets.length === 0 && !rewriteUnchanged,
};
