/** The statements of checkpoints and steps, run on a SQLite file. */
import type { SqliteConnection } from "./connect/connection.ts";
import { schemaVersion } from "./catalog/table-shape.ts";
import { codeOf, isUniqueViolation } from "./errors.ts";
import type { SqlValue } from "../../model/sql/sql-value.ts";
import type { SqlAnswer, SqlExecutor } from "../sql-executor.ts";

/** `patiently` runs its work again while another process holds a lock. */
export function sqlExecutor(
  db: SqliteConnection,
  patiently: <T>(work: () => T) => Promise<T>,
): SqlExecutor {
  return {
    dialect: {
      parameter: () => "?",
      types: { name: "text", text: "text", integer: "integer", time: "text" },
      now: "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",
      timeText: (column) => column,
      temporaryTable: (name, columns) => ({
        name: `temp.${name}`,
        create: `create temporary table ${name} (${columns})`,
      }),
      asciiOnly: false,
    },
    run: (sql, values = []) => patiently(() => run(db, sql, values)),
    script: (sql) => patiently(() => runScript(db, sql)),
    begin: () => patiently(() => db.exec("begin immediate")),
    commit: () => patiently(() => db.exec("commit")),
    rollback: () => {
      if (db.open && db.inTransaction) db.exec("rollback");
      return Promise.resolve();
    },
    tableOf: (table) =>
      patiently(() => {
        if (placeOf(db, table) === null) return null;
        return { columns: columnsOf(db, bareName(table)) };
      }),
    madeAs: (table, checkpoint) =>
      patiently(() => {
        const [place, other] = [placeOf(db, table), placeOf(db, checkpoint)];
        if (place === null || other === null) return null;
        return place < other ? "/older" : "/younger";
      }),
    schemaVersion: () => patiently(() => schemaVersion(db)),
    isDuplicate: isUniqueViolation,
  };
}

/**
 * Where a table is in the schema. SQLite keeps nothing else of a table that VACUUM, ALTER TABLE and a copy by `.dump`
 * leave alone, and one that is made again comes after all others: what was older than the checkpoint table is younger then.
 */
function placeOf(db: SqliteConnection, table: string): number | null {
  const sql =
    "select rowid as place from sqlite_schema where type = 'table' and name = ? collate nocase";
  return db.prepare<{ readonly place: number }>(sql).get(bareName(table))?.place ?? null;
}

/** The name without its schema and its quotes. */
function bareName(table: string): string {
  const name = /"((?:[^"]|"")*)"$/.exec(table)?.[1]?.replaceAll('""', '"');
  return name ?? table.split(".").at(-1) ?? table;
}

function columnsOf(db: SqliteConnection, name: string): string[] {
  const sql = "select name from pragma_table_info(?, 'main')";
  return db
    .prepare<{ readonly name: string }>(sql)
    .all(name)
    .map((column) => column.name);
}

function run(db: SqliteConnection, sql: string, values: readonly SqlValue[]): SqlAnswer {
  const statement = db.prepare<Record<string, SqlValue>>(sql);
  // Drivers take numbers for REALs.
  const bound = values.map((value) => (typeof value === "number" ? BigInt(value) : value));
  if (!statement.reader) return { rows: [], changed: statement.run(...bound).changes };
  return { rows: statement.all(...bound), changed: 0 };
}

/** A savepoint goes with its transaction; it also undoes what was done before a lock was met, so that all can run again. */
function runScript(db: SqliteConnection, sql: string): boolean {
  db.exec(`savepoint ${SCRIPT}`);
  try {
    db.exec(sql);
  } catch (error) {
    // Some errors end the transaction by themselves.
    if (!hasEnded(db, `rollback to ${SCRIPT}`)) db.exec(`release ${SCRIPT}`);
    throw error;
  }
  return !hasEnded(db, `release ${SCRIPT}`);
}

const SCRIPT = "upsurge_script";

/** True where the savepoint is no longer there. */
function hasEnded(db: SqliteConnection, statement: string): boolean {
  try {
    db.exec(statement);
    return false;
  } catch (error) {
    if (codeOf(error) === "SQLITE_ERROR") return true;
    throw error;
  }
}
