/** Statements of one connection, each sent when the one before is answered: for servers of which more is not known to work. */
import type { Client } from "pg";

/** Lets statements that are asked from now on wait for their turn. COPY and what else the driver is handed as a query does not. */
export function askInTurn(client: Client): void {
  const ask = client.query.bind(client) as (...given: unknown[]) => unknown;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (...given: unknown[]): unknown => {
    if (isSubmittable(given[0])) return ask(...given);
    const asked = last.then(() => ask(...given));
    last = asked.catch(() => {});
    return asked;
  };
  client.query = inTurn as typeof client.query;
}

function isSubmittable(query: unknown): boolean {
  return typeof query === "object" && query !== null && "submit" in query;
}
