/**
 * Commits a load, and finds out what became of the commit when its answer is lost: the server remembers the fate of
 * recent transactions (pg_xact_status), and the load noted the number of its own. Never a guess.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { classifyState, isServerError } from "./errors.ts";

/** How to ask the server again once the connection is gone. */
export interface Reconnecting {
  readonly reconnect: () => Promise<Client>;
  /** The server for messages. */
  readonly label: string;
  /** How long to go on asking. */
  readonly patienceMs: number;
}

/** Milliseconds between two questions. */
const PAUSE_MS = 250;

/**
 * Commits the client's transaction. Throws `TARGET_COMMIT_REFUSED` when a deferred constraint fails, `TARGET_LOST` when
 * the connection was lost and the transaction was undone, `TARGET_OUTCOME_UNKNOWN` when that cannot be told.
 */
export async function commit(client: Client, how: Reconnecting): Promise<void> {
  const { rows } = await client.query<{ xid: string }>("select pg_current_xact_id()::text as xid");
  let answer: { command: string };
  try {
    answer = await client.query("commit");
  } catch (cause) {
    if (isServerError(cause) && !cause.code.startsWith("57P0")) throw commitError(cause);
    return settle(cause, rows[0]?.xid ?? "", how);
  }
  if (answer.command !== "COMMIT") {
    throw upsurgeError("INTERNAL", { message: "the transaction had failed before" });
  }
}

/** Returns when the transaction turns out to be committed; throws otherwise. */
async function settle(cause: unknown, xid: string, how: Reconnecting): Promise<void> {
  const lost = cause instanceof Error ? cause.message : String(cause);
  const until = performance.now() + how.patienceMs;
  do {
    const status = await statusOf(xid, how).catch(() => "unreachable");
    if (status === "committed") return;
    if (status === "aborted") {
      const reason = `${lost}; the server undid the load`;
      throw upsurgeError("TARGET_LOST", { target: how.label, reason }, { cause });
    }
    if (status === null) break;
    await sleep(PAUSE_MS);
  } while (performance.now() < until);
  throw upsurgeError("TARGET_OUTCOME_UNKNOWN", { reason: lost }, { cause });
}

/** `committed`, `aborted`, `in progress`, or `null` when the server no longer knows. */
async function statusOf(xid: string, { reconnect }: Reconnecting): Promise<string | null> {
  const client = await reconnect();
  try {
    const sql = "select pg_xact_status($1::text::xid8) as status";
    const { rows } = await client.query<{ status: string | null }>(sql, [xid]);
    return rows[0]?.status ?? null;
  } finally {
    await client.end().catch(() => {});
  }
}

/** A row's error at the commit comes from a deferred constraint. */
export function commitError(cause: unknown): unknown {
  if (!isServerError(cause) || classifyState(cause.code) !== "row") return cause;
  const reason = `${cause.message} (${cause.code})`;
  return upsurgeError("TARGET_COMMIT_REFUSED", { reason }, { cause });
}
