/** Which methods of writing a server has. */
import type { MethodCapabilities } from "../method-capabilities.ts";
import { STAGED_COLUMNS } from "./catalog/limits.ts";

/** `merge_action()` tells inserted from updated rows from this version on. */
const MERGE_RETURNS_SINCE = 170_000;

/** The methods of a server of this version. */
export function methodsOf(version: number): MethodCapabilities {
  return {
    native: "upsert",
    ...(version < MERGE_RETURNS_SINCE ? {} : { merge: MERGE }),
    copy: { kinds: ["table", "partitioned"], mayMeetRows: true },
    proposal: { byUpsert: true, rowTriggersOnly: true },
    stagedColumns: STAGED_COLUMNS,
  };
}

const MERGE = {
  why: "MERGE for batches without a repeated key, cheaper for the server than ON CONFLICT; that one takes over when another session inserts a key meanwhile",
  // The operators of a type that the search path does not find would be another type's.
  compares: (type: string) => !/[".]/.test(type),
};
