/** The locks that keep loads of the same tables apart, as statements. Pure. */
import type { TablePlan } from "../../../model/load-plan.ts";
import { quoteLiteral } from "../quote.ts";
import { tableSql } from "./native-sql.ts";
import { lockTable } from "./select-then-write-sql.ts";

/** The first half of our advisory locks; the second is the table's oid. */
const LOCK_CLASS = 0x7570_7367;

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
  if (plan.mode === "insert") return [];
  const table = quoteLiteral(tableSql(plan));
  const advisory = `select pg_advisory_xact_lock(${LOCK_CLASS}, ${table}::regclass::oid::bigint::bit(32)::int)`;
  return plan.strategy === "select-then-write" || plan.mode === "update" || plan.looksFirst
    ? [advisory, lockTable(plan)]
    : [advisory];
}
