/**
 * Leaves foreign keys to the commit, for PostgreSQL:
 *
 *   set constraints "public"."a_b_fkey", "public"."b_a_fkey" deferred
 *
 * A key is found by the schema of its table. It must be deferrable. Pure.
 */
import { tableSql } from "../../../sql/unique-index.ts";
import type { WaitingKey } from "../../target.ts";
import { quoteIdentifier } from "../quote.ts";

/** The statement; none where there is nothing to leave. */
export function leaveToCommit(keys: readonly WaitingKey[]): readonly string[] {
  const names = keys.flatMap(({ table: { schema }, name }) =>
    name === null ? [] : tableSql({ schema, name }, quoteIdentifier),
  );
  return names.length === 0 ? [] : [`set constraints ${names.join(", ")} deferred`];
}
