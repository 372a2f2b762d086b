/**
 * Whether a statement that fails may leave behind what it has done. SQLite undoes it, unless the schema says FAIL: RAISE(FAIL)
 * and `insert or fail` in a trigger, ON CONFLICT FAIL of a constraint. Triggers and foreign keys lead from table to table, so
 * that it may be said anywhere.
 */
import { isKeyword, solidTokens } from "../../../sql/tokens.ts";
import type { SqliteConnection } from "../connect/connection.ts";

/** True where a table or trigger of the database says FAIL. */
export function saysFail(db: SqliteConnection): boolean {
  const texts = db
    .prepare<{ sql: string }>("select sql from main.sqlite_schema where sql like '%fail%'")
    .all();
  return texts.some(({ sql }) => solidTokens(sql, true).some((token) => isKeyword(token, "fail")));
}
