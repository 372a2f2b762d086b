/**
 * How a database file is opened so that a look changes nothing. As a rule for reading only. A file in WAL mode that nobody has
 * open would be left with a `-wal` and a `-shm` beside it then: SQLite makes them for every connection, and takes them away with
 * the last one that may write.
 */
import { open, stat } from "node:fs/promises";
import { upsurgeError } from "../../../errors/upsurge-error.ts";

/** Where the header of a database file says how it is written; 2 means WAL. */
const WRITE_VERSION = 18;

/** Whether to open the file for reading only. Throws `TARGET_BUSY` where either way could change something. */
export async function leavesAsItIs(path: string): Promise<boolean> {
  if (!(await isWal(path))) return true;
  const [wal, shm] = [await isThere(`${path}-wal`), await isThere(`${path}-shm`)];
  if (wal === shm) return wal;
  const reason = "its last writer did not close it";
  throw upsurgeError("TARGET_BUSY", { target: path, reason });
}

async function isWal(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, WRITE_VERSION);
    return bytesRead === 1 && buffer[0] === 2;
  } finally {
    await file.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
