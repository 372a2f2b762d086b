/**
 * The lock that keeps other runs of a job away: an advisory lock in a transaction of its own, over a connection of its own.
 * It ends with that connection, whatever becomes of this process, and works behind a pooler. It is a courtesy: what
 * decides is the epoch in the checkpoint.
 */
import type { Client } from "pg";
import { lostError } from "../session-errors.ts";
import type { Lock } from "../target.ts";
import { endClient } from "./connect/deadline.ts";
import { answersTo, sendingAhead } from "./connect/run-together.ts";
import { isServerError } from "./errors.ts";

/** The first half of the locks of jobs; the second is a hash of the job's name. */
const LOCK_CLASS = 0x7570_6a62;

/** A transaction that may be idle for as long as the load takes. Not every version has the second setting. */
const BEGIN = `begin isolation level read committed read only;
set local idle_in_transaction_session_timeout = 0;
select set_config(name, '0', true) from pg_settings where name = 'transaction_timeout'`;

const LOCK = "select pg_try_advisory_xact_lock($1, hashtext($2)) as locked";

/** What connecting for a lock may take, and any statement of it. */
const LIMIT_MS = 10_000;

/** Takes the lock of `job` on `target`; `null` when another run has it. Throws `TARGET_LOST` for a connection that breaks. */
export async function lockJob(
  connect: (limitMs: number) => Promise<Client>,
  job: string,
  target: string,
): Promise<Lock | null> {
  const client = await connect(LIMIT_MS);
  try {
    const [, { rows }] = await sendingAhead(client, () =>
      answersTo([client.query(BEGIN), client.query<{ locked: boolean }>(LOCK, [LOCK_CLASS, job])]),
    );
    if (rows[0]?.locked === true) return { release: async () => await endClient(client) };
  } catch (error) {
    await endClient(client);
    throw isServerError(error) ? error : lostError(error, target);
  }
  await endClient(client);
  return null;
}
