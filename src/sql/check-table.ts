/** What a load refuses in a table, whatever the database: names of its own, a key that several rows share, or one that no index has. */
import { keyFlags, passOneOf } from "../errors/key-flags.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Arbiter, TablePlan } from "../model/load-plan.ts";
import { tableName } from "../model/table-shape.ts";
import type { TableDialect } from "./dialect.ts";
import { duplicatesSql, removeDuplicates, uniqueIndexSql } from "./unique-index.ts";

/** The stage has our own columns next to the table's. Throws `PLAN_UNSUPPORTED`. */
export function refuseReservedNames({ table }: Pick<TablePlan, "table">, reserved: RegExp): void {
  const taken = table.columns.find(({ name }) => reserved.test(name));
  if (taken === undefined) return;
  throw upsurgeError("PLAN_UNSUPPORTED", {
    what: `a column called ${taken.name}`,
    reason: "staged rows have a column of that name",
    suggestion: "rename the column",
  });
}

/**
 * Finds a key that several rows share: `select 1 from "t" where "a" is not null group by "a" having count(*) > 1 limit 1`. A key
 * without a unique index must at least be unique now; the lock of the load keeps it so.
 */
export function sharedKeySql(
  plan: Pick<TablePlan, "table">,
  { keyExpressions: parts, nullsEqual }: Arbiter,
  { plain, count, first }: TableDialect,
  select = "1",
): string {
  const known = parts.map((part) => `${part} is not null`).join(" and ");
  const where = nullsEqual ? "" : ` where ${known}`;
  const groups = `group by ${parts.join(", ")} having ${count} > 1`;
  return first(1, select, `${plain(plan)}${where} ${groups}`);
}

/** What is wrong with such a key. */
export function keyNotUnique(
  { table }: Pick<TablePlan, "table">,
  arbiter: Arbiter,
  { quote }: Pick<TableDialect, "quote">,
): Error {
  return upsurgeError("PLAN_KEY_NOT_UNIQUE", {
    table: tableName(table.name),
    key: (arbiter.plain ? arbiter.columns : arbiter.keyExpressions).join(", "),
    suggestion: removeDuplicates(table, arbiter, quote),
  });
}

/** What gives a plan a key that an upsert can name. */
export function keyFix(
  { table, arbiter, mode }: Pick<TablePlan, "table" | "arbiter" | "mode">,
  { quote }: Pick<TableDialect, "quote">,
): string {
  const expressions = arbiter?.keyExpressions ?? [];
  const key = { expressions, predicate: arbiter?.predicate ?? null };
  const ddl = uniqueIndexSql(table, key, quote);
  const other = passOneOf(keyFlags(table.uniqueKeys, mode), "another key of the table");
  if (ddl !== null) {
    const looked = `see first that no key has several rows: ${duplicatesSql(table, key, quote)}`;
    return `${ddl}${other === null ? "" : `, or ${other}`}; ${looked}`;
  }
  return table.kind === "view"
    ? "load into the table behind the view, where --strategy select-then-write needs no unique index"
    : (other ?? "give the table a unique index on the key");
}
