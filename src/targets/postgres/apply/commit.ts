/**
 * Commits a load, and finds out what became of the commit when its answer is lost: the server remembers the fate of
 * recent transactions (pg_xact_status), and the load noted the number of its own. Never a guess.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { CheckedStatement } from "../../sql-executor.ts";
import { messageOf } from "../../../errors/message-of.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import { endClient } from "../connect/deadline.ts";
import { isRowError, isServerError, sayError } from "../errors.ts";

/** True for what leaves open whether a commit was done: no answer of the server's, or one that is about the connection. */
export function isInDoubt(cause: unknown): boolean {
  return !isServerError(cause) || IN_DOUBT.test(cause.code);
}

/** How to ask the server again once the connection is gone. */
export interface Reconnection {
  readonly reconnect: (limitMs: number) => Promise<Client>;
  /** The server for messages. */
  readonly label: string;
  /** How long to go on asking; each connection gets what is left of it. */
  readonly patienceMs: number;
}

/** Milliseconds between two questions, and the least that a question gets to be answered in. */
const PAUSE_MS = 250;
const LEAST_MS = 1000;

/** States in which a server, or what comes before it, gives up on a connection: they say nothing of the commit. */
const IN_DOUBT = /^(08|57P0|58|40003)/;

/** The number that the server remembers the fate of the transaction by. */
export async function transactionId(client: Client): Promise<string> {
  const { rows } = await client.query<{ xid: string }>("select pg_current_xact_id()::text as xid");
  return rows[0]?.xid ?? "";
}

/**
 * Commits the client's transaction of this number. Throws `TARGET_COMMIT_REFUSED` when a deferred constraint fails, `TARGET_LOST` when
 * the connection was lost and the transaction was undone, `TARGET_OUTCOME_UNKNOWN` when that cannot be told.
 */
export async function commit(client: Client, xid: string, how: Reconnection): Promise<void> {
  let answer: { command: string };
  try {
    answer = await client.query("commit");
  } catch (cause) {
    if (!isInDoubt(cause)) throw commitError(cause);
    return settle(cause, xid, how);
  }
  if (answer.command !== "COMMIT") {
    throw upsurgeError("INTERNAL", { message: "the transaction had failed before" });
  }
}

/** SQLSTATE of a division by zero. */
const DIVISION_BY_ZERO = "22012";

/** What is committed together. */
export interface LastOfTransaction {
  readonly last: readonly CheckedStatement[];
  readonly xid: string;
}

/**
 * Commits as `commit` does, and sends these statements right before it; false where one did not change a row, since the server
 * commits nothing then. To be called where statements are sent ahead.
 */
export async function commitWith(
  client: Client,
  { last, xid }: LastOfTransaction,
  how: Reconnection,
): Promise<boolean> {
  const sent = last.map(({ sql, values }) => client.query(orFails(sql), [...values]));
  const [committed, ...answers] = await Promise.allSettled([commit(client, xid, how), ...sent]);
  for (const answer of answers) {
    // Where the connection was lost, the fate of the transaction says what became of its statements.
    if (answer.status === "fulfilled" || isInDoubt(answer.reason)) continue;
    if (isServerError(answer.reason) && answer.reason.code === DIVISION_BY_ZERO) return false;
    throw answer.reason;
  }
  if (committed.status === "rejected") throw committed.reason;
  return true;
}

/** A statement that fails where `sql` changes no row: in a failed transaction, the commit behind it is a rollback. */
function orFails(sql: string): string {
  return `with changed as (${sql} returning 1) select 1 / count(*) from changed`;
}

/** Returns when the transaction turns out to be committed; throws otherwise. */
async function settle(cause: unknown, xid: string, how: Reconnection): Promise<void> {
  const lost = messageOf(cause);
  const until = performance.now() + how.patienceMs;
  do {
    const leftMs = Math.max(LEAST_MS, until - performance.now());
    const status = await statusOf(xid, () => how.reconnect(leftMs)).catch(() => "unreachable");
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
async function statusOf(xid: string, reconnect: () => Promise<Client>): Promise<string | null> {
  const client = await reconnect();
  try {
    const sql = "select pg_xact_status($1::text::xid8) as status";
    const { rows } = await client.query<{ status: string | null }>(sql, [xid]);
    return rows[0]?.status ?? null;
  } finally {
    await endClient(client);
  }
}

/** A row's error at the commit comes from a deferred constraint. */
export function commitError(cause: unknown): unknown {
  if (!isServerError(cause) || !isRowError(cause)) return cause;
  const reason = `${sayError(cause)} (${cause.code})`;
  return upsurgeError("TARGET_COMMIT_REFUSED", { reason }, { cause });
}
