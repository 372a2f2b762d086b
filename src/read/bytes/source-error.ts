/**
 * Failures of the operating system and of decompressors as `SOURCE_*` errors.
 * Faults of single records are rejects and never come here.
 */
import { systemCodeOf } from "../../errors/system-code.ts";
import { messageOf } from "../../errors/message-of.ts";
import { openFilesFix } from "../../errors/open-files.ts";
import { upsurgeError, UpsurgeError } from "../../errors/upsurge-error.ts";

/** The source's bytes are not what they should be; `cause` is the decompressor's own error. */
export function corrupt(path: string, reason: string, cause?: unknown): UpsurgeError {
  return upsurgeError("SOURCE_CORRUPT", { path, reason }, { cause });
}

/** Any error met while opening or reading `path`, as the error the user sees. */
export function sourceError(path: string, error: unknown): UpsurgeError {
  if (error instanceof UpsurgeError) return error;
  const code = systemCodeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return upsurgeError("SOURCE_NOT_FOUND", { path }, { cause: error });
  }
  if (code === "EISDIR") return upsurgeError("SOURCE_IS_DIRECTORY", { path }, { cause: error });
  const reason = messageOf(error);
  if (code.startsWith("Z_") || code.startsWith("ERR_ZLIB") || code.startsWith("ZSTD_")) {
    return corrupt(path, `the compressed data is damaged or cut short: ${reason}`, error);
  }
  const fix = openFilesFix(error);
  return upsurgeError("SOURCE_UNREADABLE", { path, reason }, { cause: error, fix });
}
