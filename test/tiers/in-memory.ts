/**
 * Temporary files of the tests lie in memory where the machine has room: a process that is killed leaves nothing unwritten
 * that the system has taken, so only a loss of power needs a disk, and no test has one.
 */
import { existsSync, readFileSync, statfsSync } from "node:fs";

/** A folder that Linux keeps in memory. */
const FOLDER = "/dev/shm";

/** All tests together leave less at any time. */
const LEAST_BYTES = 8 * 1024 ** 3;

/** Has this process and those that it starts put their temporary files there, unless the environment names a folder. */
export function keepTemporaryFilesInMemory(): void {
  const named = process.env["TMPDIR"] ?? "";
  if (named === "" && hasRoom()) process.env["TMPDIR"] = FOLDER;
}

function hasRoom(): boolean {
  if (!existsSync(FOLDER) || !takesPrograms()) return false;
  const { bavail, bsize } = statfsSync(FOLDER);
  // What a container may still use, not its machine.
  return bavail * bsize >= LEAST_BYTES && process.availableMemory() >= LEAST_BYTES;
}

/** Tests write programs and run them; in a container the folder often forbids it. */
function takesPrograms(): boolean {
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const [, , type, options = ""] =
    mounts.map((line) => line.split(" ")).find(([, place]) => place === FOLDER) ?? [];
  return type === "tmpfs" && !options.split(",").includes("noexec");
}
