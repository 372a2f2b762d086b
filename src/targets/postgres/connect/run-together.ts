/** Statements that are sent together: each that waits for an answer of its own costs a round trip, of which a load has dozens. */
import type { Client } from "pg";

/** Runs the statements, which have no parameters, inside a transaction. Throws the first error; the others are not run then. */
export async function runTogether(client: Client, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await client.query(statements.join(";\n"));
}

/**
 * The answers to what was sent without waiting for one another, in that order. Throws the first error: in a transaction, it is
 * why those behind it failed.
 */
export async function answersTo<const T extends readonly unknown[]>(
  sent: T,
): Promise<{ readonly [At in keyof T]: Awaited<T[At]> }> {
  for (const answer of await Promise.allSettled(sent)) {
    if (answer.status === "rejected") throw answer.reason;
  }
  return await Promise.all(sent);
}

/**
 * Lets whatever `work` asks be sent right behind what was asked before. It must not end before all of it is answered, and COPY
 * has no place in it.
 */
export async function sendingAhead<T>(client: Client, work: () => Promise<T>): Promise<T> {
  const driver = client as { pipeline: boolean };
  const before = driver.pipeline;
  driver.pipeline = true;
  try {
    return await work();
  } finally {
    driver.pipeline = before;
  }
}
