/** The locks that keep loads of the same tables apart, as statements. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";
import { quoteLiteral } from "../quote.ts";
import { tableSql } from "../dialect.ts";
import { lockTable } from "./select-then-write-sql.ts";

/** The first half of our advisory locks; the second is the table's oid. */
const LOCK_CLASS = 0x7570_7367;

/** The same for who moves the sequences of a table: other loads may be at work meanwhile. */
const SYNC_CLASS = LOCK_CLASS + 1;

/** The statement that waits for others who move the sequences of the plan's table. */
export function syncLock(plan: Pick<TablePlan, "table">): string {
  return advisoryLock(plan, SYNC_CLASS);
}

/** The statement that waits for others who do the same with the plan's table, but for those who share it. */
function advisoryLock(plan: Pick<TablePlan, "table" | "isShared">, lockClass: number): string {
  const table = quoteLiteral(tableSql(plan));
  const lock = plan.isShared === true ? "pg_advisory_xact_lock_shared" : "pg_advisory_xact_lock";
  return `select ${lock}(${lockClass}, ${table}::regclass::oid::bigint::bit(32)::int)`;
}

/**
 * The statements that lock the tables, in the same order for any two loads of several tables.
 * Two loads that update the same rows in opposite order would block each other for good, one transaction each: an advisory
 * lock lets one go after the other and does not touch other writers. select-then-write keeps those out as well, or a row
 * could appear between looking and inserting.
 */
export function tableLocks(tables: readonly TablePlan[]): string[] {
  const named = tables.map((plan) => [tableSql(plan), plan] as const);
  return named.toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, plan]) => locksOf(plan));
}

function locksOf(plan: TablePlan): string[] {
  // The stage is made like the table, which takes a lock that two loads could not both raise to that of TRUNCATE.
  const keepsAll = plan.kept.othersOut && plan.table.kind !== "view";
  if (plan.mode === "insert" && plan.emptied === undefined && !keepsAll) return [];
  const advisory = advisoryLock(plan, LOCK_CLASS);
  return plan.method.locks || keepsAll ? [advisory, lockTable(plan)] : [advisory];
}
