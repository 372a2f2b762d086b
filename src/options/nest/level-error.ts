/** Errors about the options of a level: at its place, with a fix that names them as they stand in `--nest`. Pure. */
import { relocated, UpsurgeError } from "../../errors/upsurge-error.ts";
import { levelFix } from "../../model/nest/level-fix.ts";
import { levelName } from "./nest-levels.ts";

/** The error as one of the level; what is none of ours stays as it is. */
export function ofLevel(error: unknown, path: readonly string[]): unknown {
  if (!(error instanceof UpsurgeError)) return error;
  const name = levelName(path);
  const { code, details, message: title, why, cause } = error;
  const fix = levelFix(name, error.fix);
  const said = new UpsurgeError(code, details, { title, why, fix, cause });
  return relocated(said, `--nest ${name}`);
}
