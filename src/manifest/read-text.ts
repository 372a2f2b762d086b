/** Reads a manifest or a config as text. */
import { readFile, stat } from "node:fs/promises";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";
import type { FileKind } from "./file-kind.ts";
import { unreadable } from "./unreadable.ts";

/** Larger than any that people write, and small enough to be read at once. */
const LARGEST = 8 * 1024 * 1024;

/** The text of the file; a byte order mark is passed over. Throws `MANIFEST_*` or `CONFIG_*` errors. */
export async function readText(path: string, kind: FileKind): Promise<string> {
  const malformed = (reason: string, suggestion: string): UpsurgeError =>
    upsurgeError(kind.malformed, { path, reason, suggestion }, { where: path });
  let bytes: Buffer;
  try {
    const { size } = await stat(path);
    if (size > LARGEST) {
      const reason = `it is ${size} bytes long, and a ${kind.noun} at most ${LARGEST}`;
      throw malformed(reason, kind.other);
    }
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof UpsurgeError) throw error;
    throw await unreadable(kind.unreadable, path, error);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw malformed("it is not in UTF-8", "save it in UTF-8");
  }
}
