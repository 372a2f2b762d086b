/** Opens database files; makes one only where it is told to. */
import { access, constants, readlink, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { shellWord } from "../../../errors/shell-word.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { ConnectOptions, Session } from "../../target.ts";
import type { SqliteConnection } from "./connection.ts";
import { loadDriver } from "./driver.ts";
import { isBusy, translate } from "../errors.ts";
import { mayBeMade, noSuchFile, readFileUrl } from "./file-url.ts";
import { leavesAsItIs } from "./leave-as-it-is.ts";
import { OwnFile } from "./own-file.ts";
import type { FileOrigin } from "./own-file.ts";
import { SqliteSession } from "../session.ts";
import type { OpenedFile } from "../session.ts";

/**
 * A session on the file that `url` names. Throws `TARGET_*` errors. It has no use for a limit on statements: the engine
 * runs in this process, and nothing lies between that could fall silent.
 */
export async function connect(options: ConnectOptions): Promise<Session> {
  const { url, lockTimeoutMs } = options;
  const { path, readonly: asked } = readFileUrl(url);
  const origin = await originOf(path, options);
  const readonly = asked || (options.looksOnly === true && (await leavesAsItIs(path)));
  const opened = await open(path, { readonly, origin });
  const { db } = opened;
  try {
    requireDatabase(db);
    return new SqliteSession(opened, lockTimeoutMs);
  } catch (error) {
    opened.file.removeIfUnused(db);
    db.close();
    throw translate(error, path);
  }
}

/** Whether the file is there, or may be made. */
async function originOf(path: string, { url, missingFile }: ConnectOptions): Promise<FileOrigin> {
  const found = await stat(path).catch(() => null);
  if (found === null) {
    if (missingFile === undefined || !mayBeMade(url, path)) throw noSuchFile(url, path);
    await requireFolder(path);
    return missingFile === "make" ? "made" : "private";
  }
  if (found.isFile()) return "found";
  const reason = found.isDirectory() ? "it is a directory" : "it is not a regular file";
  throw upsurgeError("TARGET_NOT_A_DATABASE", { path, reason });
}

/** Files can be made where the file is to be; a rehearsal, which makes none, says so as well. */
async function requireFolder(path: string): Promise<void> {
  const folder = dirname(await behindLinks(path));
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return await requireOpenFolder(path, folder);
  const fix = `create the folder first: mkdir -p ${shellWord(folder)}`;
  throw upsurgeError("TARGET_NOT_FOUND", { path }, { why: `there is no folder ${folder}`, fix });
}

async function requireOpenFolder(path: string, folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const reason = `no file can be made in the folder ${folder}`;
    throw upsurgeError("TARGET_NOT_WRITABLE", { path, reason }, { cause });
  }
}

/** Links that lead to one another end nowhere. */
const MOST_LINKS = 40;

/** The file that is made where `path` is a link to one that is not there. */
async function behindLinks(path: string): Promise<string> {
  let at = path;
  for (let followed = 0; followed < MOST_LINKS; followed += 1) {
    const to = await readlink(at).catch(() => null);
    if (to === null) return at;
    at = resolve(dirname(at), to);
  }
  return at;
}

/** Opening reads nothing; the first look into the schema does. A locked file is the session's to wait for. */
function requireDatabase(db: SqliteConnection): void {
  try {
    db.prepare("select count(*) from sqlite_schema").get();
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}

async function open(
  path: string,
  { readonly, origin }: { readonly readonly: boolean; readonly origin: FileOrigin },
): Promise<OpenedFile> {
  const driver = await loadDriver();
  try {
    const db =
      origin === "private"
        ? driver.openPrivate()
        : driver.openFile(path, { readonly, create: origin === "made" });
    const file = new OwnFile(path, origin);
    return { db, version: `SQLite ${driver.version}`, file };
  } catch (error) {
    throw translate(error, path);
  }
}
