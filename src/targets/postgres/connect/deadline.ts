/**
 * No wait for the server is without end. A network that drops everything answers nothing, not even that it is gone, so
 * the limits are kept on this side: for connecting, for every statement, and for saying goodbye.
 */
import type { Client } from "pg";
import { isServerError } from "../errors.ts";
import type { PostgresError } from "../errors.ts";

/** What the driver has beneath a client; the stream changes when TLS begins. */
interface ClientWire {
  readonly connection: NodeJS.EventEmitter & {
    readonly stream: { destroy(error?: Error): unknown };
  };
}

/** How long a server may take over a goodbye: it undoes what is open by itself, whether it answers or not. */
const GOODBYE_MS = 2000;

/** How often, at most and at least, a session looks at its clock. */
const LONGEST_TICK_MS = 1000;
const SHORTEST_TICK_MS = 20;

/** Connects; gives up after `limitMs` in whatever part of it, or never when that is infinite. */
export async function connectInTime(client: Client, limitMs: number): Promise<void> {
  let said = false;
  wireOf(client).once("error", () => (said = true));
  const timer = Number.isFinite(limitMs)
    ? setTimeout(() => cut(client, unanswered(limitMs)), limitMs)
    : undefined;
  try {
    await client.connect();
  } catch (error) {
    // Where the server just hangs up the driver makes an error of its own, without a code.
    const isSilent = !said && error instanceof Error && !("code" in error);
    throw isSilent ? Object.assign(error, { code: "ECONNRESET" }) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a connection is gone; to be made before anything is asked, for it can go right behind the first answer. */
export class ConnectionLoss {
  lost = false;
  /** What the server said before it hung up: whoever asks next learns from the driver only that nobody is there. */
  said: PostgresError | null = null;

  constructor(client: Client) {
    client.on("error", (error: unknown) => {
      this.lost = true;
      if (isServerError(error)) this.said ??= error;
    });
    client.on("end", () => (this.lost = true));
  }
}

/**
 * Breaks the connection once a statement has run for `limitMs` (never when that is 0), which fails with an error of the
 * network then. One timer a session, so that a statement costs no more than a look at the clock.
 */
export function watchStatements(client: Client, limitMs: number): void {
  if (limitMs <= 0) return;
  let since: number | null = null;
  const ask = client.query.bind(client) as (...given: unknown[]) => unknown;
  const watched = (...given: unknown[]): unknown => {
    since ??= performance.now();
    return ask(...given);
  };
  client.query = watched as typeof client.query;
  // One answer is complete; the next statement of those that were sent or wait has begun, unless there is none.
  const restart = (): void => {
    if (since !== null) since = performance.now();
  };
  wireOf(client).on("commandComplete", restart).on("readyForQuery", restart);
  client.on("drain", () => (since = null));
  const tickMs = Math.min(LONGEST_TICK_MS, Math.max(SHORTEST_TICK_MS, limitMs / 4));
  const timer = setInterval(() => {
    if (since !== null && performance.now() - since >= limitMs) cut(client, unanswered(limitMs));
  }, tickMs);
  timer.unref();
  client.once("end", () => clearInterval(timer));
}

/** Undoes the transaction, if there is one. Never throws, and never takes long: at worst the connection is broken. */
export async function rollBack(client: Client): Promise<void> {
  await soon(client, () => client.query("rollback"));
}

/** Ends the connection, once `before` has been answered. Never throws, and never takes long. */
export async function endClient(client: Client, before?: Promise<unknown>): Promise<void> {
  await soon(client, async () => {
    await before;
    // The driver would wait for the answers to all that was sent.
    (client as { pipeline: boolean }).pipeline = false;
    await client.end();
  });
}

async function soon(client: Client, work: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      cut(client, unanswered(GOODBYE_MS));
      resolve();
    }, GOODBYE_MS);
  });
  await Promise.race([work().catch(() => {}), patience]);
  clearTimeout(timer);
}

function cut(client: Client, reason: Error): void {
  (client as unknown as ClientWire).connection.stream.destroy(reason);
}

function wireOf(client: Client): NodeJS.EventEmitter {
  return (client as unknown as ClientWire).connection;
}

function unanswered(limitMs: number): Error {
  return Object.assign(new Error(`no answer in ${limitMs / 1000} s`), { code: "ETIMEDOUT" });
}
