/**
 * Moves the sequences of id columns past the ids that are in the table: `--sync-sequences`. A sequence is not part of a
 * transaction, so this comes after the load's last commit. It is never set back: other loads that do the same wait, and
 * so does whoever inserts rows, for as long as setting it takes.
 */
import type { Client } from "pg";
import { messageOf } from "../../../errors/message-of.ts";
import { UpsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { MovedSequences } from "../../target.ts";
import { onlyTable, tableSql } from "../dialect.ts";
import { isServerError, sayError } from "../errors.ts";
import { quoteIdentifier, quoteLiteral } from "../quote.ts";
import { positionOf, sequencesOf, sequenceSql, setvalSql, withinSql } from "./sequences.ts";
import type { SequenceRow } from "./sequences.ts";

/** How long to wait for those who insert rows. They wait behind this, so it is not long. */
const LOCK_MS = 5000;

/** Moves them, inside the client's transaction, whose advisory lock keeps others that do the same away. */
export async function moveSequences(
  client: Client,
  plan: Pick<TablePlan, "table">,
  columns: readonly string[],
): Promise<MovedSequences> {
  const moved: string[] = [];
  const failed: string[] = [];
  for (const row of await sequencesOf(client, plan, columns)) {
    await client.query("savepoint upsurge_move");
    try {
      const sql = await move(client, plan, row);
      if (sql !== null) moved.push(sql);
      await client.query("release savepoint upsurge_move");
    } catch (error) {
      if (!isServerError(error)) throw error;
      await client.query("rollback to savepoint upsurge_move");
      failed.push(failure(plan, row, `${sayError(error)} (${error.code})`));
    }
  }
  return { moved, failed };
}

/** What is to be said where nothing could be moved: the connection is gone, say. */
export function notMoved(
  error: unknown,
  { table }: Pick<TablePlan, "table">,
  columns: readonly string[],
): MovedSequences {
  const reason =
    error instanceof UpsurgeError ? `${error.message}: ${error.why}` : messageOf(error);
  const statements = table.columns.flatMap(({ name, sequence }) =>
    sequence === undefined || !columns.includes(name) ? [] : [sequence.moveSql],
  );
  const failed = `the load is committed and need not be run again, but its sequences were not moved past its ids: ${reason}; to set them: ${statements.join("; ")}`;
  return { moved: [], failed: [failed] };
}

/** What is to be said of a load that is done, but for its sequence. */
function failure(plan: Pick<TablePlan, "table">, row: SequenceRow, reason: string): string {
  return `the load is committed and need not be run again, but the sequence ${row.schema}.${row.name} was not moved past its ids: ${reason}; to set it: ${setvalSql(tableSql(plan), row)}`;
}

/** The statement that has moved it; `null` where it was ahead, or there is no id. */
async function move(
  client: Client,
  plan: Pick<TablePlan, "table">,
  row: SequenceRow,
): Promise<string | null> {
  const isUp = BigInt(row.increment) > 0n;
  const sequence = sequenceSql(row);
  const ids = `select ${isUp ? "max" : "min"}(${quoteIdentifier(row.column)})::text as id from ${onlyTable(plan)}${withinSql(row)}`;
  const { rows } = await client.query<{ id: string | null }>(ids);
  const id = rows[0]?.id ?? null;
  if (id === null || !(await isBehind(client, row, BigInt(id)))) return null;
  await keepOthersOut(client, plan);
  const where = `last_value ${isUp ? "<" : ">"} ${id} or (last_value = ${id} and not is_called)`;
  const sql = `select setval(${quoteLiteral(sequence)}, ${id}) from ${sequence} where ${where}`;
  const set = await client.query(sql);
  return set.rowCount === 0 ? null : sql;
}

async function isBehind(client: Client, row: SequenceRow, id: bigint): Promise<boolean> {
  const at = await positionOf(client, row);
  if (at === null) return false;
  const ahead = BigInt(row.increment) > 0n ? at.last - id : id - at.last;
  return ahead < 0n || (ahead === 0n && !at.called);
}

/** An insert that has drawn ids is waited for. A user who may only insert cannot lock the table, and does without. */
async function keepOthersOut(client: Client, plan: Pick<TablePlan, "table">): Promise<void> {
  await client.query(`savepoint upsurge_lock; set local lock_timeout = ${LOCK_MS}`);
  try {
    await client.query(`lock table ${onlyTable(plan)} in share row exclusive mode`);
  } catch (error) {
    if (!isServerError(error) || error.code !== "42501") throw error;
    await client.query("rollback to savepoint upsurge_lock");
  }
}
