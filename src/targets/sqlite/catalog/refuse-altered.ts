/**
 * Values are bound by the affinity of their columns: `1.50` for a REAL is bound as a number, of which a TEXT would make `1.5`.
 * Rows go into one statement where no trigger or key of the table forbids it. So a table that was altered after the load was
 * planned, by somebody else or by a script of the load, is refused.
 */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import { alteredColumn, refuseAlteredTable } from "../../altered-table.ts";
import type { SqliteConnection } from "../connect/connection.ts";
import { readTable, schemaVersion } from "./table-shape.ts";
import type { SqliteTable } from "./table-shape.ts";

/** Throws `TARGET_ALTERED` where rows can no longer be written as when `table` was read; the transaction has begun. */
export function refuseAltered(db: SqliteConnection, plan: TablePlan, table: SqliteTable): void {
  if (schemaVersion(db) === table.schema) return;
  const {
    columns,
    table: { name },
  } = plan;
  const now = readTable(db, name.name);
  for (const { name: column } of columns) {
    const planned = typeOf(table, column);
    const found = now === null ? null : typeOf(now, column);
    if (planned === null || (found !== null && isSame(planned, found))) continue;
    throw alteredColumn(plan, column, {
      planned: said(planned),
      found: found === null ? null : said(found),
    });
  }
  if (now === null) return;
  refuseAlteredTable(plan, now.shape);
  const change = newExpression(table, now);
  if (change !== null) throw upsurgeError("TARGET_ALTERED", { table: name.name, change });
}

/** What may fail, or drop a row, as no constraint of the planned table did. */
function newExpression(planned: SqliteTable, now: SqliteTable): string | null {
  if (now.resolves && !planned.resolves) {
    return "a constraint of it says what a violation does, which none did when the load was planned";
  }
  if (!now.computes || planned.computes) return null;
  return "an index or a default of it has an expression, which none had when the load was planned";
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

function said(type: TakenType): string {
  const declared = type.declared === "" ? "without a type" : type.declared;
  return type.strict ? `${declared} of a STRICT table` : declared;
}
