/** What is said of a checkpoint table whose rows are not written as they are told: that is no other run's doing. */
import { upsurgeError } from "../errors/upsurge-error.ts";

const SUGGESTION =
  "take that away from the table, or name another one with --checkpoint-table; a table of upsurge's own needs no triggers, rules or policies";

/** What a statement did not do, and what may be in the way. */
const NOT_DONE = {
  insert: "a row that is added to it is not kept: a trigger, a rule or a policy of it drops it",
  update:
    "its rows stay as they were when they are updated: a trigger, a rule or a policy of it is in the way",
  delete: "its rows stay when they are deleted: a trigger, a rule or a policy of it is in the way",
  select: "it has a row of the job that this user does not see: a policy of it hides it",
} as const;

/** `CHECKPOINT_TABLE`, of a table on which such statements do not do what they say. */
export function rowsDropped(table: string, statement: keyof typeof NOT_DONE): Error {
  return unusable(table, NOT_DONE[statement]);
}

/** `CHECKPOINT_TABLE`, of a table where `what` changes an update. */
export function updatesRewritten(table: string, what: string): Error {
  return unusable(table, `${what} of it changes what an update does`);
}

function unusable(table: string, reason: string): Error {
  return upsurgeError("CHECKPOINT_TABLE", { table, reason, suggestion: SUGGESTION });
}
