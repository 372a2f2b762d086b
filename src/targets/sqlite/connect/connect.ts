/** Opens database files; makes none. */
import { stat } from "node:fs/promises";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { ConnectOptions, Session } from "../../target.ts";
import type { SqliteConnection } from "./connection.ts";
import { isBusy, translate } from "../errors.ts";
import { noSuchFile, readFileUrl } from "./file-url.ts";
import { SqliteSession } from "../session.ts";
import type { OpenedFile } from "../session.ts";

/**
 * A session on the file that `url` names. Throws `TARGET_*` errors. It has no use for a limit on statements: the engine
 * runs in this process, and nothing lies between that could fall silent.
 */
export async function connect({ url, lockTimeoutMs }: ConnectOptions): Promise<Session> {
  const { path, readonly } = readFileUrl(url);
  const found = await stat(path).catch(() => null);
  if (found === null) throw noSuchFile(url, path);
  if (!found.isFile()) {
    const reason = found.isDirectory() ? "it is a directory" : "it is no regular file";
    throw upsurgeError("TARGET_NOT_A_DATABASE", { path, reason });
  }
  const opened = await open(path, readonly);
  const { db } = opened;
  try {
    requireDatabase(db);
    return new SqliteSession(opened, path, lockTimeoutMs);
  } catch (error) {
    db.close();
    throw translate(error, path);
  }
}

/** Opening reads nothing; the first look into the schema does. A locked file is the session's to wait for. */
function requireDatabase(db: SqliteConnection): void {
  try {
    db.prepare("select count(*) from sqlite_schema").get();
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}

/** Any statement reads the schema first, so a file that may be locked cannot be asked. */
function versionOf(memory: SqliteConnection): string {
  const version = String(memory.prepare("select sqlite_version()").pluck().get());
  memory.close();
  return `SQLite ${version}`;
}

async function open(path: string, readonly: boolean): Promise<OpenedFile> {
  try {
    const { default: Database } = await import("better-sqlite3");
    const db = new Database(path, { fileMustExist: true, timeout: 0, readonly });
    return { db, version: versionOf(new Database(":memory:")) };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && String(cause.code).startsWith("SQLITE_")) {
      throw translate(cause, path);
    }
    const why = `drivers are optional and this target needs better-sqlite3: ${String(cause)}`;
    throw upsurgeError("TARGET_DRIVER_MISSING", { driver: "better-sqlite3" }, { cause, why });
  }
}
