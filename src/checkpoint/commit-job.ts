/** The commit of a job: its checkpoint is moved in the same transaction, by the last statements of it. */
import { failPoint } from "../testing/fail-point.ts";
import type { CheckpointTable } from "./checkpoint-table.ts";
import type { CheckpointCursor, CursorMove } from "./cursor.ts";
import type { Transaction } from "../targets/target.ts";

/** How a session moves the checkpoint of its load along. */
export interface CheckpointAccess {
  readonly cursor: CheckpointCursor;
  /** Over the writer's own session, so that it is part of its transactions. */
  readonly table: CheckpointTable;
}

/** Commits a transaction with the rows of the checkpoint that it moves. Throws `JOB_TAKEN`, `JOB_TABLE`. */
export async function commitJob(
  transaction: Transaction,
  moved: CursorMove,
  { cursor, table }: CheckpointAccess,
): Promise<void> {
  failPoint("move");
  const last = await cursor.move(table, moved);
  if (transaction.commitWith === undefined) await cursor.write(table, last);
  failPoint("moved");
  failPoint("commit");
  if (transaction.commitWith === undefined) await transaction.commit();
  else if (!(await transaction.commitWith(last))) {
    await transaction.rollback();
    throw await cursor.refusal(table);
  }
}
