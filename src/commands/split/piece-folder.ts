/**
 * The folder of a split: new or empty at the beginning, whole at the end. Files have other names until all are written, and the
 * index comes last: a folder without it holds no split.
 */
import { systemCodeOf } from "../../errors/system-code.ts";
import { lstat, mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { shellWord } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { INDEX, isPieceName, UNFINISHED_INDEX } from "../../model/shards/split-report.ts";
import type { SplitIndex } from "../../model/shards/split-report.ts";
import { partOf, PieceFile, unwritable } from "./piece-file.ts";
import type { PieceFileOptions } from "./piece-file.ts";

/** The folder, taken. */
export class PieceFolder {
  readonly path: string;
  readonly #isNew: boolean;
  /** Files that were begun, by the names that they are to get. */
  readonly #begun: string[] = [];
  /** Those that have got them. */
  readonly #placed: string[] = [];

  private constructor(path: string, isNew: boolean) {
    this.path = path;
    this.#isNew = isNew;
  }

  /** Takes a folder, which is made where the one that it is in is there. Throws `SPLIT_FOLDER` and `OUTPUT_FILE`. */
  static async take(path: string): Promise<PieceFolder> {
    try {
      const isNew = await makeFolder(path);
      // One that was just made may be closed to reading by the mask of the process.
      const entries = isNew ? [] : await readdir(path);
      if (entries.length > 0) throw await refused(path, entries);
      return new PieceFolder(path, isNew);
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") {
        const reason = "the folder that it would be in is not there";
        const suggestion = `make it first: mkdir -p ${shellWord(dirname(path))}`;
        throw upsurgeError("SPLIT_FOLDER", { path, reason, suggestion });
      }
      if (systemCodeOf(error) !== "EEXIST" && systemCodeOf(error) !== "ENOTDIR")
        throw asOutput(path, error);
      const reason = "it is not a folder, or a part of its path is none";
      throw upsurgeError("SPLIT_FOLDER", { path, reason, suggestion: await another(path) });
    }
  }

  /** Makes a file of a piece. Throws `OUTPUT_FILE`, as where another split is filling the folder. */
  async make(name: string, format: string, options: PieceFileOptions): Promise<PieceFile> {
    const file = await PieceFile.make(join(this.path, name), format, options);
    this.#begun.push(file.path);
    return file;
  }

  /** Writes the index under its other name, and gives all files their names, the index the last. Throws `OUTPUT_FILE`. */
  async place(index: SplitIndex, mode: number): Promise<void> {
    const path = join(this.path, INDEX);
    const pieces = [...this.#begun];
    try {
      const handle = await open(partOf(path), "wx", mode);
      this.#begun.push(path);
      try {
        await handle.writeFile(`${JSON.stringify(index, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      // Whoever finds a piece by its name finds the index, or that there is none yet.
      await this.#sync();
      for (const each of pieces) {
        await rename(partOf(each), each);
        this.#placed.push(each);
      }
      await this.#sync();
      await rename(partOf(path), path);
      await this.#sync();
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** Removes all that this split has made. */
  async discard(): Promise<void> {
    for (const path of this.#placed) await rm(path, { force: true }).catch(() => {});
    for (const path of this.#begun) await rm(partOf(path), { force: true }).catch(() => {});
    if (this.#isNew) await rmdir(this.path).catch(() => {});
  }

  async #sync(): Promise<void> {
    // Where a folder cannot be opened its entries are durable by themselves.
    const handle = await open(this.path, "r").catch(() => null);
    await handle?.sync().catch(() => {});
    await handle?.close();
  }
}

/** Makes a folder; false where it is there. With all above it, Node would go on for ever in a place such as /proc. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** A file that has not got its name. */
const PART = /^\.(?:piece-.*|index\.json)\.part$/;

async function refused(path: string, entries: readonly string[]): Promise<Error> {
  const named = entries.some(isPieceName);
  // One that was killed while it named its pieces has left the index under its other name.
  const isCut = entries.every(
    (name) => PART.test(name) || (isPieceName(name) && entries.includes(UNFINISHED_INDEX)),
  );
  if (entries.includes(INDEX)) {
    const reason = `it has an ${INDEX}, and a split fills a folder of its own`;
    return upsurgeError("SPLIT_FOLDER", { path, reason, suggestion: await another(path) });
  }
  const reason = isCut
    ? "it has pieces of a split that was cut short, or is still running"
    : `it is not empty, and has no ${INDEX}`;
  const folder = shellWord(path);
  const files = named ? `${folder}/.*.part ${folder}/piece-*` : `${folder}/.*.part`;
  const remove = `remove them once no split is running: rm ${files}; or `;
  const suggestion = `${isCut ? remove : ""}${await another(path)}`;
  return upsurgeError("SPLIT_FOLDER", { path, reason, suggestion });
}

/** A name that is free. */
async function another(path: string): Promise<string> {
  const bare = path.replace(/[/\\]+$/, "");
  for (let number = 2; ; number += 1) {
    const next = `${bare}-${number}`;
    const isFree = await lstat(next).then(
      () => false,
      () => true,
    );
    if (isFree) return `pass --out ${shellWord(next)}, or another folder that is new or empty`;
  }
}

function asOutput(path: string, error: unknown): unknown {
  return systemCodeOf(error) === "" || systemCodeOf(error) === "SPLIT_FOLDER"
    ? error
    : unwritable(path, error);
}
