/**
 * Values are bound by the affinity of their columns: `1.50` for a REAL is bound as a number, of which a TEXT would make `1.5`.
 * So a table that was altered after the load was planned, by somebody else or by a script of the load, is refused.
 */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { tableName } from "../../../model/table-shape.ts";
import type { SqliteConnection } from "../connect/connection.ts";
import { readTable, schemaVersion } from "./table-shape.ts";
import type { SqliteTable } from "./table-shape.ts";

/** Throws `TARGET_ALTERED` where a column takes values in another way than when `table` was read; the transaction has begun. */
export function refuseAltered(
  db: SqliteConnection,
  { columns, table: { name } }: Pick<TablePlan, "columns" | "table">,
  table: SqliteTable,
): void {
  if (schemaVersion(db) === table.schema) return;
  const now = readTable(db, name.name);
  for (const { name: column } of columns) {
    const planned = typeOf(table, column);
    const found = now === null ? null : typeOf(now, column);
    if (planned === null || (found !== null && isSame(planned, found))) continue;
    throw upsurgeError("TARGET_ALTERED", {
      table: tableName(name),
      column,
      planned: said(planned),
      found: said(found),
    });
  }
}

/** How a column takes values. */
interface TakenType {
  readonly affinity: string;
  readonly declared: string;
  readonly strict: boolean;
}

function typeOf({ shape, details, strict }: SqliteTable, name: string): TakenType | null {
  const affinity = details.get(name)?.affinity;
  const declared = shape.columns.find((column) => column.name === name)?.type ?? "";
  return affinity === undefined ? null : { affinity, declared, strict };
}

function isSame(planned: TakenType, found: TakenType): boolean {
  return planned.affinity === found.affinity && planned.strict === found.strict;
}

function said(type: TakenType | null): string {
  if (type === null) return "gone";
  const declared = type.declared === "" ? "without a type" : type.declared;
  return type.strict ? `${declared} of a STRICT table` : declared;
}
