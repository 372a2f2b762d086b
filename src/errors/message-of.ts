/** What was thrown, as a text for messages. */

/** The message of what was thrown; of several failures in one, all of theirs. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return thrown.errors.map(messageOf).join("; ");
  return thrown instanceof Error ? thrown.message : String(thrown);
}
