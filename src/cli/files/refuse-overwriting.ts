/** A file that a command reads is never replaced by what it writes: a report over its source would lose the source. */
import { stat } from "node:fs/promises";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { flagOf } from "../../options/flag.ts";
import type { Options } from "../../options/options.ts";

/** The files that a load is told in. */
const WRITTEN = ["report", "metrics", "junit"] as const;

/** Throws `OPTION_CONFLICT`. `reads`: asked for only where a file to write to is there; those that are not are passed over. */
export async function refuseOverwriting(
  options: Pick<Options, (typeof WRITTEN)[number]>,
  reads: () => Promise<readonly string[]>,
): Promise<void> {
  for (const option of WRITTEN) {
    const path = options[option];
    const written = path === null ? null : await identityOf(path);
    if (path === null || written === null) continue;
    for (const read of await reads()) {
      if ((await identityOf(read)) !== written) continue;
      const flag = flagOf(option);
      const details = {
        flag: `${flag} ${path}`,
        other: `reading ${read}`,
        reason: "what is read would be replaced by it, and lost",
      };
      throw upsurgeError("OPTION_CONFLICT", details, {
        where: flag,
        fix: `name another file with ${flag}`,
      });
    }
  }
}

/** The files that options are read from. */
export function givenFiles({ config, envFile }: Pick<Options, "config" | "envFile">): string[] {
  return [config, envFile].filter((path) => path !== null);
}

/** What a file is known by, under all of its names; `null` for what is no file. */
async function identityOf(path: string): Promise<string | null> {
  return await stat(path, { bigint: true }).then(
    (found) => (found.isFile() ? `${found.dev}:${found.ino}` : null),
    () => null,
  );
}
