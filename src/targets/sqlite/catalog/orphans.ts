/** Counts the rows that a commit would refuse for a deferred foreign key, in the loaded tables and those that refer to them. */
import type { SqliteConnection } from "../connect/connection.ts";
import { codeOf } from "../errors.ts";
import { parseTable } from "./table-sql.ts";
import { schemaSql } from "./unique-keys.ts";

/**
 * Rows of `tables` without their parents, and rows that miss a parent in one of them; of tables with deferred keys only,
 * unless `all` keys are left to the commit.
 */
export function countOrphans(
  db: SqliteConnection,
  tables: readonly string[],
  all: boolean,
): number {
  const loaded = new Set(tables.map((table) => table.toLowerCase()));
  let orphans = 0;
  for (const table of tables) {
    if (all || isDeferred(db, table)) orphans += orphansOf(db, table, null);
    // Of a loaded table all orphans are counted already.
    const others = childrenOf(db, table).filter((child) => !loaded.has(child.toLowerCase()));
    for (const child of others) {
      if (all || isDeferred(db, child)) orphans += orphansOf(db, child, table);
    }
  }
  return orphans;
}

/** The other tables with a foreign key to `table`. */
export function childrenOf(db: SqliteConnection, table: string): string[] {
  const sql = `select distinct child.name as name from sqlite_schema as child, pragma_foreign_key_list(child.name) as key
    where child.type = 'table' and lower(key."table") = lower(?) and lower(child.name) <> lower(?)`;
  const children = db.prepare<{ readonly name: string }>(sql).all(table, table);
  return children.map(({ name }) => name);
}

function isDeferred(db: SqliteConnection, table: string): boolean {
  return parseTable(schemaSql(db, "table", table) ?? "").deferred;
}

/** The rows of `table` whose parent does not exist; only those that look for it in `parent`, unless that is `null`. */
function orphansOf(db: SqliteConnection, table: string, parent: string | null): number {
  const sql =
    "select count(*) as orphans from pragma_foreign_key_check(?) where ? is null or lower(parent) = lower(?)";
  try {
    const found = db.prepare<{ readonly orphans: number }>(sql).get(table, parent, parent);
    return found?.orphans ?? 0;
  } catch (error) {
    // A key that refers to columns without a unique key cannot be checked; a statement that needs it is refused.
    if (codeOf(error) === "SQLITE_ERROR") return 0;
    throw error;
  }
}
