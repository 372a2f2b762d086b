/** The errors of a manifest's reader as those of a config, which shares its entries and variables. */
import type { ErrorCode } from "../errors/codes.ts";
import { UpsurgeError, upsurgeError } from "../errors/upsurge-error.ts";

const CODES: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = {
  MANIFEST_TYPE: "CONFIG_VALUE",
  MANIFEST_VALUE: "CONFIG_VALUE",
  MANIFEST_VARIABLE: "CONFIG_VALUE",
};

/** What `read` gives. Throws `CONFIG_*` in place of `MANIFEST_*`. */
export function asConfig<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = error instanceof UpsurgeError ? CODES[error.code] : undefined;
    if (!(error instanceof UpsurgeError) || code === undefined) throw error;
    const { details, message: title, why, fix, where, cause } = error;
    throw upsurgeError(code, details, { title, why, fix, where: where ?? undefined, cause });
  }
}
