/** The driver's types, once, so that the other files need not import it: it is loaded only when a session opens. */
import type BetterSqlite3 from "better-sqlite3";

/** An open database of the driver. */
export type SqliteConnection = BetterSqlite3.Database;

/** A prepared statement of the driver. */
export type Statement = BetterSqlite3.Statement;
