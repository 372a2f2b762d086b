/**
 * Plain inserts straight into the table by bulk load, for columns whose values need no opinion of the server: integers in
 * their usual spelling, and Unicode text that is not too long. Any other column or value takes the way over the stage.
 */
import type { Batch } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import type { CopyCapability } from "../../method-capabilities.ts";
import { TransactionAborted } from "../../target.ts";
import type { BulkColumn, BulkRow, SqlServerConnection } from "../connect/connection.ts";
import { rowWith } from "../connect/result-sets.ts";
import { isOfRows, SqlServerError } from "../errors.ts";
import { tableSql } from "../names.ts";

/** A batch that can go straight into the table. */
export interface DirectLoad {
  readonly columns: readonly BulkColumn[];
  readonly rows: readonly BulkRow[];
}

/** Names that the driver writes into its statement as they are. */
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_ ]*$/u;

const LIMITS: Readonly<Record<string, readonly [least: bigint, most: bigint]>> = {
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  tinyint: [0n, 255n],
};

/** The batch as a bulk load into the table; `null` when it must be staged. */
export function directLoad(plan: TablePlan, batch: Batch): DirectLoad | null {
  const shape = batch.rows[0]?.shape;
  if (shape === undefined || plan.method.name !== "copy") return null;
  const carried = columnsOf(plan, shape.columns);
  const columns = directColumns(plan, shape.columns);
  if (columns === null) return null;
  const rows: BulkRow[] = [];
  for (const row of batch.rows) {
    if (row.shape !== shape) return null;
    if (!row.values.every((value, at) => isPlain(value, carried[at]))) return null;
    rows.push(row.values);
  }
  return { columns, rows };
}

/** How a bulk load names these columns of the table; `null` where it takes one of them not, or there is none. */
export function directColumns(plan: TablePlan, names: readonly string[]): BulkColumn[] | null {
  const columns = columnsOf(plan, names).map((each) =>
    each === undefined ? null : bulkColumn(each),
  );
  const known = columns.filter((column) => column !== null);
  return known.length === columns.length && known.length > 0 ? known : null;
}

function columnsOf(plan: TablePlan, names: readonly string[]): (Column | undefined)[] {
  return names.map((name) => plan.columns.find((column) => column.name === name));
}

/** Plain tables of plain names, whose known columns all can be loaded so. */
export const COPIES: CopyCapability = {
  kinds: ["table"],
  mayMeetRows: false,
  takes: ({ table, columns }, known) => {
    const { schema, name } = table.name;
    const carried = columns.filter((column) => known.has(column.name));
    return (
      columns.every(({ identity }) => identity === null) &&
      carried.every((column) => bulkColumn(column) !== null) &&
      [schema ?? "dbo", name].every((each) => PLAIN_NAME.test(each))
    );
  },
};

function bulkColumn({ name, type, nullable }: Column): BulkColumn | null {
  if (!PLAIN_NAME.test(name)) return null;
  const [, size] = /^nvarchar\((\d+|max)\)/.exec(type) ?? [];
  if (size !== undefined) {
    return { name, type: `nvarchar(${size === "max" ? "max" : Number(size)})`, nullable };
  }
  if (type === "bigint" || type === "int" || type === "smallint" || type === "tinyint") {
    return { name, type, nullable };
  }
  return null;
}

/** True for a value that is stored as it is. */
function isPlain(value: string | null, column: Column | undefined): boolean {
  if (column === undefined) return false;
  // A bulk load would put the default in the place of a NULL.
  if (value === null) return column.nullable && column.defaultSql === null;
  const limits = LIMITS[column.type];
  if (limits !== undefined) {
    if (!/^(0|-?[1-9]\d{0,18})$/.test(value)) return false;
    const number = BigInt(value);
    return number >= limits[0] && number <= limits[1];
  }
  const [, size] = /^nvarchar\((\d+)\)/.exec(column.type) ?? [];
  return size === undefined || value.length <= Number(size);
}

/** Constraints and triggers that were made after planning count; without these the load would need leave to alter the table. */
const AS_INSERTED = { checkConstraints: true, fireTriggers: true } as const;

/**
 * Inserts the rows, all or none: a table with triggers, or an index that drops rows, goes one row at a time. Throws a
 * `ServerError` that a savepoint can undo, or `TransactionAborted`.
 */
export async function insertDirectly(
  connection: SqlServerConnection,
  plan: TablePlan,
  load: DirectLoad,
  batch: Batch,
): Promise<void> {
  await connection.batch("SET XACT_ABORT OFF");
  try {
    await connection.bulk(tableSql(plan), load.columns, load.rows, AS_INSERTED);
  } catch (error) {
    // A deadlock takes the transaction as well, and is no row's fault.
    if (!(error instanceof SqlServerError) || !isOfRows(error.number)) throw error;
    const { state } = rowWith(await connection.batch("SELECT XACT_STATE() AS state"), "state");
    if (Number(state) === 1) throw error;
    throw new TransactionAborted(`${error.message} (${error.number})`, batch.rows, null);
  } finally {
    if (!connection.lost) await connection.batch("SET XACT_ABORT ON");
  }
}
