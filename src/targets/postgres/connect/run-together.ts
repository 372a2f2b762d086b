/** Statements that are sent as one text: each that waits for an answer of its own costs a round trip, of which a load has dozens. */
import type { Client } from "pg";

/** Runs the statements, which have no parameters, inside a transaction. Throws the first error; the others are not run then. */
export async function runTogether(client: Client, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await client.query(statements.join(";\n"));
}
