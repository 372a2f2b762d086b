/** The error for a file beside the loads that cannot be read: a manifest, a config, or a file of variables. */
import { systemCodeOf } from "../errors/system-code.ts";
import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { nearest } from "../errors/edit-distance.ts";
import { shellWord } from "../errors/shell-word.ts";
import { messageOf } from "../errors/message-of.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";

/** Says why, and which file may be meant. */
export async function unreadable(
  code: "MANIFEST_FILE" | "CONFIG_FILE" | "MANIFEST_ENV_FILE",
  path: string,
  error: unknown,
): Promise<UpsurgeError> {
  const reason = reasonOf(error);
  const folder = path.slice(0, path.length - basename(path).length);
  const names = reason === MISSING ? await readdir(dirname(path)).catch(() => []) : [];
  const near = nearest(basename(path), names);
  const suggestion =
    near === null
      ? "check the path and its permissions"
      : `did you mean ${shellWord(folder + near)}?`;
  return upsurgeError(code, { path, reason, suggestion }, { where: path, cause: error });
}

const MISSING = "there is no such file";

function reasonOf(error: unknown): string {
  const code = systemCodeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return MISSING;
  if (code === "EISDIR") return "it is a folder";
  return messageOf(error);
}
