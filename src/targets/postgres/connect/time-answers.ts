/** Times how long a server's answers take. */
import type { Client } from "pg";
import { RoundTrip } from "../../round-trip.ts";

/** Times the statements that are asked from now on, but for COPY. */
export function timeAnswers(client: Client): RoundTrip {
  const roundTrip = new RoundTrip();
  const ask = client.query.bind(client) as (...given: unknown[]) => unknown;
  const timed = (...given: unknown[]): unknown => {
    const asked = ask(...given);
    if (asked instanceof Promise) roundTrip.observe(asked);
    return asked;
  };
  client.query = timed as typeof client.query;
  return roundTrip;
}
