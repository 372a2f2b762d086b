/**
 * Who writes reject files at a path, for a load that no checkpoint tells of: `PATH.lock` names the process. The files are
 * written as `PATH.part`, and get their names before the commit. So what a run that was killed has left is told from
 * somebody else's files: it is cleared away, and what may belong to a committed load is set aside.
 */
import { systemCodeOf } from "../errors/system-code.ts";
import { fstatSync, lstatSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { isThere, nameFile } from "./name-file.ts";
import { fileError } from "./reject-output.ts";

/** The name of a reject file while it is written. */
export function partOf(path: string): string {
  return `${path}.part`;
}

/** Whether a name is that of a file, which is open or given by another name. */
export function isSame(path: string, other: string | number): boolean {
  const inode = inodeOf(path);
  return inode !== null && inode === inodeOf(other);
}

function inodeOf(file: string | number): string | null {
  const found =
    typeof file === "number"
      ? fstatSync(file, { bigint: true })
      : lstatSync(file, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

/** A process, so that another one that gets its number is not taken for it. */
interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When it began, where that can be told; else empty. */
  readonly began: string;
}

/** The locks of this process. */
const held = new Set<string>();

/** The lock of the reject files at one path. */
export class RejectLock {
  readonly #path: string;
  readonly #inode: string | null;
  /** Files of a run that was killed while it committed: they may be those of a load that was kept. */
  readonly setAside: readonly string[];

  private constructor(path: string, setAside: readonly string[]) {
    this.#path = lockOf(path);
    this.#inode = inodeOf(this.#path);
    this.setAside = setAside;
    held.add(this.#path);
  }

  /** Takes the lock, from a process that is no more as well. Throws `REJECT_FILE` where another load has it. */
  static take(path: string): RejectLock {
    const lock = lockOf(path);
    if (!stands(lock)) {
      refuseExisting([path, `${path}.jsonl`, partOf(path), partOf(`${path}.jsonl`)]);
    }
    try {
      writeFileSync(lock, ownerText(), { flag: "wx", mode: 0o600 });
      return new RejectLock(path, []);
    } catch (error) {
      if (systemCodeOf(error) !== "EEXIST") throw fileError(path, error);
    }
    refuseLiving(path);
    try {
      const mine = `${lock}.${process.pid}`;
      writeFileSync(mine, ownerText(), { mode: 0o600 });
      renameSync(mine, lock);
      return new RejectLock(path, clear(path));
    } catch (error) {
      throw fileError(path, error);
    }
  }

  /** False once another run has taken it for that of a process that is no more. */
  get isOurs(): boolean {
    return this.#inode !== null && inodeOf(this.#path) === this.#inode;
  }

  /** Never throws. */
  release(): void {
    held.delete(this.#path);
    if (!this.isOurs) return;
    try {
      unlinkSync(this.#path);
    } catch {
      // The next run finds that this process is no more.
    }
  }
}

/** What is wrong where a load no longer holds the lock that it took. */
export function lockLost(path: string): Error {
  if (isThere(lockOf(path))) return fileError(path, new Error("another load has taken it over"));
  const reason = `its lock ${lockOf(path)} was removed while the load ran`;
  return fileError(
    path,
    new Error(reason),
    "let nothing remove the files beside it while a load runs, then run the same command again; nothing was kept",
  );
}

function lockOf(path: string): string {
  return `${path}.lock`;
}

/** Whether anything has the name. Throws `REJECT_FILE` where nothing can have it, or its folder tells nothing. */
export function stands(path: string): boolean {
  try {
    return isThere(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Throws `REJECT_FILE` when something is where a load would make its own. */
export function refuseExisting(paths: readonly string[]): void {
  const standing = paths.find(stands);
  if (standing === undefined) return;
  throw fileError(standing, Object.assign(new Error("the file exists"), { code: "EEXIST" }));
}

/** Gives a file its name; never that of another file. Throws `REJECT_FILE`. */
export function putInPlace(path: string): void {
  try {
    nameFile(partOf(path), path);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Removes the parts of a run that is no more; tells where files went that it had put in place. */
function clear(path: string): string[] {
  const setAside: string[] = [];
  for (const name of [...namesOf(path), `${path}.jsonl`]) {
    const part = partOf(name);
    if (!isThere(part)) continue;
    if (isSame(part, name)) {
      const free = freeName(name);
      renameSync(name, free);
      setAside.push(free);
    }
    unlinkSync(part);
  }
  return setAside;
}

/** The names of the files for sources with other headers: as many as there are. */
function namesOf(path: string): string[] {
  const names = [path];
  while (isThere(partOf(`${path}.${names.length + 1}`))) names.push(`${path}.${names.length + 1}`);
  return names;
}

function freeName(path: string): string {
  for (let nth = 1; ; nth += 1) {
    const name = `${path}.killed-${nth}`;
    if (!isThere(name)) return name;
  }
}

/** Milliseconds in which a lock that was just made is filled. */
const GRACE_MS = 200;

function refuseLiving(path: string): void {
  const lock = lockOf(path);
  let text = textOf(lock);
  if (text === "") {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, GRACE_MS);
    text = textOf(lock);
  }
  // A run that was killed before it could say who it is.
  if (text === "") return;
  const owner = ownerOf(text);
  if (owner === null) return refuseExisting([lock]);
  if (!lives(owner, lock)) return;
  const who = `process ${owner.pid} on ${owner.host}`;
  throw fileError(
    path,
    new Error(`another load (${who}) is writing to it`),
    `wait for that load, or choose another file with --reject-file; if that process no longer runs, remove ${lock}`,
  );
}

function textOf(lock: string): string {
  try {
    return lstatSync(lock).isFile() ? readFileSync(lock, "utf8") : "somebody else's";
  } catch {
    return "";
  }
}

function ownerText(): string {
  const { pid } = process;
  return `${JSON.stringify({ host: hostname(), pid, began: beginningOf(pid) ?? "" })}\n`;
}

function ownerOf(text: string): Owner | null {
  try {
    const { host, pid, began } = JSON.parse(text) as Partial<Owner>;
    const isOwner =
      typeof host === "string" && typeof pid === "number" && typeof began === "string";
    return isOwner ? { host, pid, began } : null;
  } catch {
    return null;
  }
}

/** Of a process elsewhere nothing can be told: it may be at work. */
function lives({ host, pid, began }: Owner, lock: string): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return began === (beginningOf(pid) ?? "") && held.has(lock);
  const now = beginningOf(pid);
  if (now !== null && began !== "") return now === began;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === "EPERM";
  }
}

/** When a process began, as Linux tells it; `null` where it does not, or there is no such process. */
function beginningOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    // The name of the program, in brackets, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return `${boot}:${fields[19] ?? ""}`;
  } catch {
    return null;
  }
}
