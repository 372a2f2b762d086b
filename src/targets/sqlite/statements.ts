/** `patiently` runs its work again while another process holds a lock. */
import type { SqliteConnection } from "./connect/connection.ts";
import { isUniqueViolation } from "./errors.ts";
import type { SqlAnswer, SqlValue, SqlExecutor } from "../sql-executor.ts";
export function smallStatements(
  db: SqliteConnection,
  patiently: <T>(work: () => T) => Promise<T>,
): SqlExecutor {
  return {
    dialect: {
      parameter: () => "?",
      types: { name: "text", text: "text", integer: "integer", time: "text" },
      now: "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",
      timeText: (column) => column,
      asciiOnly: false,
    },
    run: (sql, values = []) => patiently(() => run(db, sql, values)),
    begin: () => patiently(() => db.exec("begin immediate")),
    commit: () => patiently(() => db.exec("commit")),
    rollback: () => {
      if (db.open && db.inTransaction) db.exec("rollback");
      return Promise.resolve();
    },
    exists: (table) => patiently(() => placeOf(db, table) !== null),
    madeAs: (table, checkpoint) =>
      patiently(() => {
        const [place, other] = [placeOf(db, table), placeOf(db, checkpoint)];
        if (place === null || other === null) return null;
        return place < other ? "/older" : "/younger";
      }),
    isDuplicate: isUniqueViolation,
  };
}

/**
 * Where a table stands in the schema. SQLite keeps nothing else of a table that VACUUM, ALTER TABLE and a copy by `.dump`
 * leave alone, and one that is made anew comes after all others: what was older than the checkpoint table is younger then.
 */
function placeOf(db: SqliteConnection, table: string): number | null {
  const name = /"((?:[^"]|"")*)"$/.exec(table)?.[1]?.replaceAll('""', '"');
  const bare = name ?? table.split(".").at(-1) ?? table;
  const sql =
    "select rowid as place from sqlite_schema where type = 'table' and name = ? collate nocase";
  return db.prepare<{ readonly place: number }>(sql).get(bare)?.place ?? null;
}

function run(db: SqliteConnection, sql: string, values: readonly SqlValue[]): SqlAnswer {
  const statement = db.prepare<Record<string, SqlValue>>(sql);
  // Drivers take numbers for REALs.
  const bound = values.map((value) => (typeof value === "number" ? BigInt(value) : value));
  if (!statement.reader) return { rows: [], changed: statement.run(...bound).changes };
  return { rows: statement.all(...bound), changed: 0 };
}
