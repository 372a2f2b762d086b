/**
 * Whether the table of a job is still the one that it has written to. A checkpoint says what was committed; it says nothing
 * of a table that was dropped and made again since, or emptied.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { CheckpointValues } from "../model/checkpoint.ts";
import { rowsLeftBy, sumOfCounts } from "../model/counts.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { SqlExecutor } from "../targets/sql-executor.ts";

/** The table as a run finds it. */
export interface FoundTable {
  /** As SQL writes it. */
  readonly sql: string;
  /** As messages call it. */
  readonly label: string;
  readonly shape: TableShape;
  readonly madeAs: string | null;
}

/** Throws `JOB_TABLE` for a table that was dropped and made again since the job wrote to it, or that is empty although it did. */
export async function refuseOtherTable(
  rows: readonly CheckpointValues[],
  { sql, label, shape, madeAs }: FoundTable,
  executor: SqlExecutor,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const refuse = (reason: string): Error =>
    upsurgeError("JOB_TABLE", { table: label, job: first.job, reason });
  if (rows.some((row) => isMadeAnew(row.madeAs, madeAs))) {
    throw refuse("it was dropped and made again since the job wrote to it");
  }
  const left = rowsLeft(rows);
  if (left === 0 || !keepsItsRows(shape)) return;
  const found = await executor.run(`select 1 as found where exists (select 1 from ${sql})`);
  if (found.rows.length > 0) return;
  throw refuse(
    `it is empty, and the job has written or found ${left === 1 ? "1 row" : `${left} rows`} in it`,
  );
}

/** Where the checkpoint table is another one as well, the database was restored or copied, and the table with it. */
function isMadeAnew(remembered: string | null, found: string | null): boolean {
  if (remembered === null || found === null || remembered === found) return false;
  const [checkpoint] = remembered.split("/");
  return found.split("/")[0] === checkpoint;
}

/** Records after which there was a row in the table. */
function rowsLeft(rows: readonly CheckpointValues[]): number {
  return rowsLeftBy(sumOfCounts(rows.map(({ counts }) => counts)));
}

/** Rows that this user may see, and that nothing of the table's own takes away once they are written. */
function keepsItsRows({ kind, rewritten, triggers, missingPrivileges }: TableShape): boolean {
  return (
    kind !== "view" &&
    !rewritten &&
    !missingPrivileges.includes("select") &&
    triggers.every(({ timing }) => timing === "before")
  );
}
