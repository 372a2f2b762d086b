/** Opens database files; makes none. */
import { stat } from "node:fs/promises";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { ConnectOptions, Session } from "../../target.ts";
import type { SqliteConnection } from "./connection.ts";
import { loadDriver } from "./driver.ts";
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
    const reason = found.isDirectory() ? "it is a directory" : "it is not a regular file";
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

async function open(path: string, readonly: boolean): Promise<OpenedFile> {
  const driver = await loadDriver();
  try {
    const db = driver.openFile(path, { readonly, create: false });
    return { db, version: `SQLite ${driver.version}` };
  } catch (error) {
    throw translate(error, path);
  }
}
