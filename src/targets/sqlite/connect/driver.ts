/**
 * Chooses the driver, once: `better-sqlite3` where it is installed and loads, else the one that is part of Node. Whoever
 * installs a driver means it to be used; and Node's needs nothing.
 */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import { installFix } from "../../install-fix.ts";
import { loadBetterSqlite3 } from "./better-sqlite3.ts";
import type { SqliteDriver } from "./connection.ts";
import { loadNodeSqlite } from "./node-sqlite.ts";

/** Tests say here which driver to use, by its name. */
const FORCED = "UPSURGE_TEST_SQLITE_DRIVER";

let loaded: Promise<SqliteDriver> | null = null;

/** The driver of this process. Throws `TARGET_DRIVER_MISSING`. */
export function loadDriver(): Promise<SqliteDriver> {
  loaded ??= choose(process.env[FORCED] ?? "");
  return loaded;
}

async function choose(forced: string): Promise<SqliteDriver> {
  let cause: unknown = null;
  if (forced !== "node:sqlite") {
    try {
      return await loadBetterSqlite3();
    } catch (error) {
      cause = error;
    }
  }
  const builtin = forced === "better-sqlite3" ? null : loadNodeSqlite();
  if (builtin !== null) return builtin;
  throw missing(cause);
}

function missing(cause: unknown): Error {
  const detail = cause instanceof Error ? cause.message.split("\n")[0] : "it was not looked for";
  const why = `this target needs better-sqlite3, or Node 22.13 or later; this is Node ${process.versions.node}, and better-sqlite3 did not load: ${detail}`;
  const fix = installFix("better-sqlite3");
  return upsurgeError("TARGET_DRIVER_MISSING", { driver: "better-sqlite3" }, { cause, why, fix });
}
